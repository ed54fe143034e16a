package local

import (
	"maps"
	"net/http"
	"slices"
)

// configuration is the discovery document of OpenID Connect Discovery 1.0
// section 3, with the members a user pool's has.
type configuration struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	UserInfoEndpoint      string   `json:"userinfo_endpoint"`
	RevocationEndpoint    string   `json:"revocation_endpoint"`
	EndSessionEndpoint    string   `json:"end_session_endpoint"`
	JWKSURI               string   `json:"jwks_uri"`
	ResponseTypes         []string `json:"response_types_supported"`
	GrantTypes            []string `json:"grant_types_supported"`
	SubjectTypes          []string `json:"subject_types_supported"`
	SigningAlgorithms     []string `json:"id_token_signing_alg_values_supported"`
	Scopes                []string `json:"scopes_supported"`
	ClientAuthentication  []string `json:"token_endpoint_auth_methods_supported"`
	ChallengeMethods      []string `json:"code_challenge_methods_supported"`
}

func (i *Issuer) serveConfiguration(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, configuration{
		Issuer:                i.url,
		AuthorizationEndpoint: i.url + "/oauth2/authorize",
		TokenEndpoint:         i.url + "/oauth2/token",
		UserInfoEndpoint:      i.url + "/oauth2/userInfo",
		RevocationEndpoint:    i.url + "/oauth2/revoke",
		EndSessionEndpoint:    i.url + "/logout",
		JWKSURI:               i.url + "/.well-known/jwks.json",
		ResponseTypes:         []string{"code"},
		GrantTypes:            []string{"authorization_code", "client_credentials", "refresh_token"},
		SubjectTypes:          []string{"public"},
		SigningAlgorithms:     []string{"RS256"},
		Scopes:                i.scopes(),
		ClientAuthentication:  []string{"client_secret_basic", "client_secret_post", "none"},
		ChallengeMethods:      []string{"S256"},
	})
}

func (i *Issuer) scopes() []string {
	all := map[string]bool{}
	for _, client := range i.clients {
		for _, scope := range client.signInScopes() {
			all[scope] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func (i *Issuer) serveKeys(w http.ResponseWriter, _ *http.Request) {
	keys, err := i.store.ring()
	if err != nil {
		writeJSON(w, http.StatusInternalServerError, serverError)
		return
	}
	writeJSON(w, http.StatusOK, keys.public)
}
