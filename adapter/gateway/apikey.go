package gateway

import (
	"maps"
	"net/http"
)

// APIKeys is a REST API's requirement of an API key ("API keys and usage
// plans"). It is an Authorizer; other fronts tell the function
// nothing of the key. The zero APIKeys refuses every request.
type APIKeys struct {
	// Keys are the ids of the keys that are accepted, by the key itself, which
	// clients send as X-Api-Key.
	Keys map[string]string
	// Authorizer is asked as well, before the key is looked at; nil: none.
	Authorizer Authorizer
}

// Authorize is an Authorizer.
func (k *APIKeys) Authorize(r *http.Request, route Route) (*Authorization, error) {
	auth, err := ask(k.Authorizer, r, route)
	if err != nil {
		return nil, err
	}
	key := headerValue(r, "X-Api-Key")
	id, ok := k.Keys[key]
	if !ok {
		return nil, &Refusal{Status: http.StatusForbidden, Reason: "no API key that is accepted", failure: keyRefused}
	}
	identity := map[string]any{"apiKey": key, "apiKeyId": id}
	maps.Copy(identity, auth.Identity)
	auth.Identity = identity
	return auth, nil
}

// ask returns what a says in a copy, which the caller may add to; a nil a says
// nothing.
func ask(a Authorizer, r *http.Request, route Route) (*Authorization, error) {
	if a == nil {
		return new(Authorization), nil
	}
	auth, err := a.Authorize(r, route)
	if err != nil || auth == nil {
		return new(Authorization), err
	}
	said := *auth
	return &said, nil
}
