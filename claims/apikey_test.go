package claims_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

// The id of an API key goes along with whoever is calling, and is nobody.
func TestAPIKeyID(t *testing.T) {
	key := `"identity":{"apiKey":"s3cr3t","apiKeyId":"k1",`
	for front, authorizer := range map[adapter.Format]string{adapter.RESTAPI: cognito, adapter.HTTPAPIV1: jwtV1} {
		want := ""
		if front == adapter.RESTAPI {
			want = "k1"
		}
		alone := strings.Replace(eventOf(front, ""), `"identity":{`, key, 1)
		if id, err := everybody.Identify(request(t, alone)); id != nil || err != nil {
			t.Errorf("%v, a key alone: %+v, %v, want nil, nil", front, id, err)
		}
		id := identify(t, everybody, request(t, strings.Replace(eventOf(front, authorizer), `"identity":{`, key, 1)))
		if id.APIKeyID != want {
			t.Errorf("%v: API key id %q, want %q", front, id.APIKeyID, want)
		}
	}
	for _, odd := range []string{`7`, `["k1"]`, `null`, `{"apiKeyId":"k1"}`} {
		event := restWith(`{"apiKeyId":` + odd + `,"user":"AIDA1"}`)
		if id := identify(t, everybody, request(t, event)); id.APIKeyID != "" || id.Source != claims.SigV4 {
			t.Errorf("API key id %s: %+v, want none", odd, id)
		}
	}
}
