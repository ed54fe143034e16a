package claims

import (
	"maps"
	"slices"
)

// contextKeys puts Config.LambdaClaims in a fixed order.
func contextKeys(claims map[string]string) []rename {
	var keys []rename
	for _, name := range slices.Sorted(maps.Keys(claims)) {
		keys = append(keys, rename{name, claims[name]})
	}
	return keys
}

// withPrincipal adds that the principalId is the subject, unless another key is.
func withPrincipal(keys []rename, subject string) []rename {
	if mapsClaim(keys, subject) {
		return keys
	}
	return append(slices.Clone(keys), rename{subject, "principalId"})
}

func mapsClaim(keys []rename, name string) bool {
	return slices.ContainsFunc(keys, func(r rename) bool { return r.claim == name })
}

// newLambda builds the Identity that Config makes of what a Lambda authorizer
// returned. An HTTP API with payload 2.0 keeps it apart, with its JSON types.
// REST and WebSocket APIs lay strings, numbers and bools flat beside the
// principalId, and so does payload 1.0, which is unconfirmed:
//
//	"authorizer":{"lambda":{"tenant":"t1","roles":["writer"]}}
//	"authorizer":{"principalId":"ada","integrationLatency":422,"tenant":"t1"}
//
// Its author may have named a key anything, or have copied what a client sent:
// only the keys that Config names mean something. See
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html and
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html.
func newLambda(st *statement, r *rules, src *source) (*Identity, error) {
	if r.handed != nil {
		return newHanded(st, r.handedKey, r.handed)
	}
	set := claimSet{&st.members, r.context}
	if st.kind.principal {
		set.renames = r.principal
	}
	if len(set.renames) == 0 || !set.some(value.present) {
		return nil, errNoClaims
	}
	return fromClaims(LambdaAuthorizer, set, r, src)
}
