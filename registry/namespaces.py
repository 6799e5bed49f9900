"""The IRIs of the vocabularies in use; nowhere else is one spelled out."""

ADMS = "http://www.w3.org/ns/adms#"
AS = "https://www.w3.org/ns/activitystreams#"
BIBO = "http://purl.org/ontology/bibo/"
CPSV = "http://purl.org/vocab/cpsv#"
CSVW = "http://www.w3.org/ns/csvw#"
DCAT = "http://www.w3.org/ns/dcat#"
DCATAP = "http://data.europa.eu/r5r/"
DCT = "http://purl.org/dc/terms/"
DQV = "http://www.w3.org/ns/dqv#"
ELM = "http://data.europa.eu/snb/model/elm/"
FOAF = "http://xmlns.com/foaf/0.1/"
HYDRA = "http://www.w3.org/ns/hydra/core#"
INTG = "https://w3id.org/migrant-integration/def#"
LDES = "https://w3id.org/ldes#"
LOCN = "http://www.w3.org/ns/locn#"
M8G = "http://data.europa.eu/m8g/"
ORG = "http://www.w3.org/ns/org#"
OWL = "http://www.w3.org/2002/07/owl#"
PROV = "http://www.w3.org/ns/prov#"
QB = "http://purl.org/linked-data/cube#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
REG = "http://purl.org/linked-data/registry#"
ROV = "http://www.w3.org/ns/regorg#"
SCHEMA = "http://schema.org/"
SD = "http://www.w3.org/ns/sparql-service-description#"
SDMX_ATTRIBUTE = "http://purl.org/linked-data/sdmx/2009/attribute#"
SDMX_DIMENSION = "http://purl.org/linked-data/sdmx/2009/dimension#"
SDMX_MEASURE = "http://purl.org/linked-data/sdmx/2009/measure#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SPDX = "http://spdx.org/rdf/terms#"
TIME = "http://www.w3.org/2006/time#"
TREE = "https://w3id.org/tree#"
VCARD = "http://www.w3.org/2006/vcard/ns#"
VOID = "http://rdfs.org/ns/void#"
XSD = "http://www.w3.org/2001/XMLSchema#"

PREFIXES = {
    "adms": ADMS,
    "as": AS,
    "bibo": BIBO,
    "cpsv": CPSV,
    "csvw": CSVW,
    "dcat": DCAT,
    "dcatap": DCATAP,
    "dct": DCT,
    "dqv": DQV,
    "elm": ELM,
    "foaf": FOAF,
    "hydra": HYDRA,
    "intg": INTG,
    "ldes": LDES,
    "locn": LOCN,
    "m8g": M8G,
    "org": ORG,
    "owl": OWL,
    "prov": PROV,
    "qb": QB,
    "rdf": RDF,
    "rdfs": RDFS,
    "reg": REG,
    "rov": ROV,
    "schema": SCHEMA,
    "sd": SD,
    "sdmx-attribute": SDMX_ATTRIBUTE,
    "sdmx-dimension": SDMX_DIMENSION,
    "sdmx-measure": SDMX_MEASURE,
    "sh": SH,
    "skos": SKOS,
    "spdx": SPDX,
    "time": TIME,
    "tree": TREE,
    "vcard": VCARD,
    "void": VOID,
    "xsd": XSD,
}
"""Prefix to namespace, for Turtle, RDF/XML and the JSON-LD context."""
