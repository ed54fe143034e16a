package authztest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/internal/authorizer"
)

const unsigned = `{"alg":"none"}`

// encode returns an unsigned JWT (RFC 7519 section 6) that is valid for an hour
// unless claims say otherwise.
func encode(claims map[string]any) string {
	all := map[string]any{"exp": time.Now().Add(time.Hour).Unix()}
	maps.Copy(all, claims)
	payload, err := json.Marshal(all)
	if err != nil {
		panic(fmt.Errorf("authztest: claims: %w", err))
	}
	return base64.RawURLEncoding.EncodeToString([]byte(unsigned)) + "." +
		base64.RawURLEncoding.EncodeToString(payload) + "."
}

// decode returns the claims in a token of encode, with numbers as json.Number.
func decode(token string) (map[string]any, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || parts[2] != "" {
		return nil, errors.New("authztest: not a token of As")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	return claims, decoder.Decode(&claims)
}

// vouch is an authorizer that believes every token of As. A request without a
// token passes as nobody's, so that the function is what refuses it.
func (f Front) vouch(r *http.Request, _ gateway.Route) (*gateway.Authorization, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil, nil
	}
	claims, err := decode(token)
	if err != nil {
		return nil, &gateway.Refusal{Status: http.StatusUnauthorized, Reason: "the token is not one of authztest.As"}
	}
	f.complete(claims)
	data, err := f.render(claims)
	if err != nil {
		return nil, err
	}
	return &gateway.Authorization{Authorizer: data}, nil
}

// complete adds the front's own claims.
func (f Front) complete(claims map[string]any) {
	for name, value := range map[string]string{"iss": f.Issuer, "aud": f.Audience} {
		if _, ok := claims[name]; !ok && value != "" {
			claims[name] = value
		}
	}
}

// render returns requestContext.authorizer as the front's authorizer writes it.
func (f Front) render(claims map[string]any) (any, error) {
	switch f.Format {
	case 0, adapter.HTTPAPIV2:
		return map[string]any{"jwt": jwt{authorizer.RenderHTTPAPI(claims), nil}}, nil
	case adapter.HTTPAPIV1:
		return jwt{authorizer.RenderHTTPAPI(claims), nil}, nil
	case adapter.RESTAPI:
		return map[string]any{"claims": authorizer.RenderCognito(claims)}, nil
	}
	return nil, fmt.Errorf("authztest: %v has no authorizer that passes on a token's claims", f.Format)
}

// jwt is the data of a JWT authorizer. Scopes is null on a route without scopes.
type jwt struct {
	Claims map[string]string `json:"claims"`
	Scopes []string          `json:"scopes"`
}
