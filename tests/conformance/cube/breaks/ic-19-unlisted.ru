# A value that is not in the code list.
PREFIX : <urn:example:>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

INSERT DATA { :o3 qb:dataSet :people ; :sex :x ; :area :province ; :zone :eu ; :year "2022"^^xsd:gYear ; :count 3 }
