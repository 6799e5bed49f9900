# The normal form of a cube: types and properties that others imply, then attachments pushed
# down to the observations. RDF Data Cube Vocabulary, section 10.
PREFIX qb: <http://purl.org/linked-data/cube#>

INSERT { ?observation a qb:Observation } WHERE { ?slice qb:observation ?observation } ;
INSERT { ?observation a qb:Observation } WHERE { ?observation qb:dataSet ?dataset } ;
INSERT { ?slice a qb:Slice } WHERE { ?dataset qb:slice ?slice } ;
INSERT { ?component qb:componentProperty ?p . ?p a qb:DimensionProperty } WHERE { ?component qb:dimension ?p } ;
INSERT { ?component qb:componentProperty ?p . ?p a qb:MeasureProperty } WHERE { ?component qb:measure ?p } ;
INSERT { ?component qb:componentProperty ?p . ?p a qb:AttributeProperty } WHERE { ?component qb:attribute ?p } ;
INSERT { ?observation ?p ?value } WHERE {
  ?component qb:componentProperty ?p ; qb:componentAttachment qb:DataSet .
  ?dataset qb:structure/qb:component ?component ; ?p ?value .
  ?observation qb:dataSet ?dataset .
} ;
INSERT { ?slice ?p ?value } WHERE {
  ?component qb:componentProperty ?p ; qb:componentAttachment qb:DataSet .
  ?dataset qb:structure/qb:component ?component ; ?p ?value ; qb:slice ?slice .
} ;
INSERT { ?observation ?p ?value } WHERE {
  ?component qb:componentProperty ?p ; qb:componentAttachment qb:Slice .
  ?dataset qb:structure/qb:component ?component ; qb:slice ?slice .
  ?slice ?p ?value ; qb:observation ?observation .
} ;
INSERT { ?observation ?p ?value } WHERE {
  ?dataset qb:structure/qb:component/qb:componentProperty ?p .
  ?p a qb:DimensionProperty .
  ?dataset qb:slice ?slice .
  ?slice ?p ?value ; qb:observation ?observation .
}
