package before

import (
	"maps"
	"slices"
)

// readLambdaContext reads what a Lambda authorizer returned. An HTTP API with
// payload 2.0 keeps it apart, with its JSON types. REST and WebSocket APIs lay
// strings, numbers and bools flat beside the principalId, and so does, it is
// unconfirmed, payload 1.0:
//
//	"authorizer":{"lambda":{"tenant":"t1","roles":["writer"]}}
//	"authorizer":{"principalId":"ada","integrationLatency":422,"tenant":"t1"}
//
// See https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html and
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html.
func readLambdaContext(context []byte) (Source, claimSet, error) {
	set, err := readClaims(context)
	return LambdaAuthorizer, set, err
}

// contextKeys puts Config.LambdaClaims in a fixed order.
func contextKeys(claims map[string]string) []rename {
	var keys []rename
	for _, name := range slices.Sorted(maps.Keys(claims)) {
		keys = append(keys, rename{name, claims[name]})
	}
	return keys
}

func (r *rules) mapsContext(name string) bool {
	return slices.ContainsFunc(r.context, func(m rename) bool { return m.claim == name })
}

// newLambda builds the Identity that Config makes of a Lambda authorizer's
// context. Its author may have named a key anything, or have copied what a
// client sent: only the keys that Config names mean something.
func newLambda(st *statement, r *rules) (*Identity, error) {
	keys := r.context
	if st.principal && !r.mapsContext(r.subject) {
		keys = append(slices.Clip(keys), rename{r.subject, "principalId"})
	}
	set, err := st.claims.renamed(keys)
	if err != nil {
		return nil, err
	}
	return newToken(&statement{source: LambdaAuthorizer, claims: set}, r)
}
