package claims_test

import (
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// A client that invokes the function itself is known by what the runtime says of
// it, and by nothing that it wrote into the event.
func TestInvokerWithAnIdentity(t *testing.T) {
	const user, users = "eu-west-1:ada1", "eu-west-1:pool1"
	want := &claims.Identity{Source: claims.IdentityPool, Subject: user, Issuer: users,
		IAM: &claims.IAM{CognitoIdentityID: user, CognitoIdentityPoolID: users}}
	e := claims.MustNew(claims.Config{Sources: allSources, Issuers: []string{users}, APIs: []string{"another", latticeARN}})
	for _, row := range events {
		got := identify(t, e, invokedBy(recorded(t, row.file), user, users))
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(claims.Identity{})); diff != "" {
			t.Errorf("%s: -want +got:\n%s", row.file, diff)
		}
		if id, err := anyone.Identify(invokedBy(recorded(t, row.file), user, users)); id != nil || err == nil {
			t.Errorf("%s, IdentityPool not listed: %+v, want an error", row.file, id)
		}
	}
	got := identify(t, e, invokedBy(httptest.NewRequest("GET", "/", nil), user, users))
	if id, _ := got.Claim("cognitoIdentityId"); id != user || got.Key() != "4:pool15:eu-west-1:pool114:eu-west-1:ada1" {
		t.Errorf("without an event: %+v, key %q", got, got.Key())
	}
}

func TestInvokerThatIsNobody(t *testing.T) {
	pinned := claims.MustNew(claims.Config{Sources: []claims.Source{claims.IdentityPool}, Issuers: []string{"eu-west-1:pool1"}})
	for name, row := range map[string]struct {
		e        *claims.Extractor
		id, pool string
	}{
		"not listed":        {anyone, "eu-west-1:ada1", "eu-west-1:pool1"},
		"another pool":      {pinned, "eu-west-1:ada1", "eu-west-1:pool2"},
		"no pool":           {everybody, "eu-west-1:ada1", ""},
		"no id":             {everybody, "", "eu-west-1:pool1"},
		"not text":          {everybody, "eu-west-1:\ufffd", "eu-west-1:pool1"},
		"pool in the wrong": {pinned, "eu-west-1:pool1", "eu-west-1:ada1"},
	} {
		if id, err := row.e.Identify(invokedBy(recorded(t, "http-api-2.0-jwt"), row.id, row.pool)); id != nil || err == nil {
			t.Errorf("%s: %+v, want an error", name, id)
		}
	}
	if id, err := pinned.Identify(invokedBy(recorded(t, "http-api-2.0-jwt"), "", "")); id != nil || err == nil {
		t.Errorf("an invoker without identity: %+v, want that the token is not listed", id)
	}
}
