package claims_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/cause"
)

// Why somebody is nobody is for a log, and holds nothing of the event: whatever
// in it is not as it should be.
func TestReasonsHoldNoValue(t *testing.T) {
	const secret = "s3cr3t"
	strict := claims.MustNew(claims.Config{Sources: allSources, Issuers: []string{"https://issuer.example"}, APIs: []string{"other", latticeARN},
		LambdaClaims: map[string]string{"sub": "userId", "exp": "tenant", "iss": "permissions"}})
	reasons := map[string]bool{}
	for _, row := range events {
		context := requestContextOf(t, row.file)
		for _, name := range []string{"authorizer", "identity", "authentication"} {
			eachString(context[name], func(set func(any)) {
				for _, value := range []any{secret, []any{secret}, map[string]any{secret: secret}} {
					set(value)
					for _, e := range []*claims.Extractor{strict, everybody, anyone} {
						_, err := e.Identify(request(t, eventWith(t, row.file, context)))
						if err == nil {
							continue
						}
						reasons[err.Error()] = true
						if said := cause.Of(err); said == "" || !strings.Contains(err.Error(), strings.Split(said, ";")[0]) {
							t.Errorf("%s: the line about the invocation says %q of %v", row.file, said, err)
						}
						if strings.Contains(err.Error(), secret) || !strings.HasPrefix(err.Error(), "claims: ") {
							t.Errorf("%s: %v", row.file, err)
						}
					}
				}
			})
		}
	}
	if len(reasons) < 12 {
		t.Errorf("only %d reasons were seen: %v", len(reasons), reasons)
	}
}

// eachString calls f for every string below value, in turn, and puts it back.
func eachString(value any, f func(set func(any))) {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if _, ok := member.(string); ok {
				f(func(other any) { v[name] = other })
				v[name] = member
			}
			eachString(member, f)
		}
	case []any:
		for _, element := range v {
			eachString(element, f)
		}
	}
}
