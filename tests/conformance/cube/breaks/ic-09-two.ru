# A slice with two structures.
PREFIX : <urn:example:>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

INSERT DATA { :of-2022 qb:sliceStructure :by-sex-too . :structure qb:sliceKey :by-sex-too . :by-sex-too a qb:SliceKey ; qb:componentProperty :year }
