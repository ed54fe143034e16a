package authz_test

import (
	"net/http"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Two issuers may use one subject and one scope; Issuer tells them apart.
func TestIssuer(t *testing.T) {
	who := claims.MustNew(claims.Config{
		Issuers:     []string{"https://staff.example", "https://guests.example"},
		IssuerNames: map[string]string{"staff": "https://staff.example", "guests": "https://guests.example"},
	})
	h := &spy{}
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.Handle("GET /notes/{id}", authz.All(authz.Issuer("staff"), authz.Scope("read")), h)
	for issuer, want := range map[string]int{"https://staff.example": 200, "https://guests.example": 403, "https://other.example": 401} {
		h.ran = false
		event := httpAPIEventWith(t, `{"jwt":{"claims":{"iss":"`+issuer+`","sub":"ada","scope":"read"},"scopes":null}}`)
		r := request("GET", "/notes/1", "Bearer abc.def.ghi")
		r = r.WithContext(adapter.NewContext(r.Context(), event))
		if res := serve(mux, r); res.StatusCode != want || h.ran != (want == http.StatusOK) {
			t.Errorf("%s: status %d, handler ran: %t; want %d", issuer, res.StatusCode, h.ran, want)
		}
	}
}
