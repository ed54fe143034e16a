package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"strconv"
	"time"
)

// signedEvent is the event with a token that says what its authorizer says, and
// the key set that verifies it.
type signedEvent struct {
	event []byte
	jwks  string
}

func (e *signedEvent) env() []string {
	return []string{"JWKS=" + e.jwks, "PATH=" + os.Getenv("PATH")}
}

func sign(content []byte) (*signedEvent, error) {
	var event map[string]any
	if err := json.Unmarshal(content, &event); err != nil {
		return nil, err
	}
	said, ok := at(event, "requestContext", "authorizer", "jwt", "claims")
	if !ok {
		return nil, fmt.Errorf("the event has no claims of a JWT authorizer")
	}
	said["exp"] = strconv.FormatInt(time.Now().Add(12*time.Hour).Unix(), 10)
	said["iat"] = strconv.FormatInt(time.Now().Add(-time.Minute).Unix(), 10)
	said["auth_time"] = said["iat"]

	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	token, err := signToken(key, tokenClaims(said))
	if err != nil {
		return nil, err
	}
	event["headers"].(map[string]any)["authorization"] = "Bearer " + token
	signed, err := json.Marshal(event)
	if err != nil {
		return nil, err
	}
	jwks := fmt.Sprintf(`{"keys":[{"kty":"RSA","kid":"k1","use":"sig","alg":"RS256","n":%q,"e":%q}]}`,
		encode(key.N.Bytes()), encode(big.NewInt(int64(key.E)).Bytes()))
	return &signedEvent{signed, jwks}, nil
}

func at(object map[string]any, path ...string) (map[string]any, bool) {
	for _, name := range path {
		next, ok := object[name].(map[string]any)
		if !ok {
			return nil, false
		}
		object = next
	}
	return object, true
}

// tokenClaims undoes how the authorizer renders claims.
func tokenClaims(said map[string]any) map[string]any {
	claims := map[string]any{}
	for name, value := range said {
		claims[name] = value
	}
	for _, name := range []string{"exp", "iat", "auth_time"} {
		claims[name] = json.Number(said[name].(string))
	}
	claims["version"] = json.Number("2")
	claims["cognito:groups"] = []string{"editors", "readers"}
	return claims
}

func signToken(key *rsa.PrivateKey, claims map[string]any) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	text := encode([]byte(`{"alg":"RS256","kid":"k1","typ":"JWT"}`)) + "." + encode(payload)
	hash := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, hash[:])
	return text + "." + encode(signature), err
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
