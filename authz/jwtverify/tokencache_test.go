package jwtverify_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

func cached(size int) func(*jwtverify.Config) {
	return func(c *jwtverify.Config) { c.CacheSize = size }
}

// mustIdentify identifies the caller and returns what the Verifier remembers of
// the token.
func (r *remote) mustIdentify(t *testing.T, token string) any {
	t.Helper()
	if _, err := identify(r.Verifier, token); err != nil {
		t.Fatal(err)
	}
	return jwtverify.Remembered(r.Verifier, token)
}

func TestCacheRemembers(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, cached(2), s)
	token := s.token(t, r.claims())
	if first := r.mustIdentify(t, token); first == nil || r.mustIdentify(t, token) != first {
		t.Error("the token was verified twice")
	}
}

func TestCacheForgets(t *testing.T) {
	first, second := rsaSigner(t, "1"), newSigner(t, "2", "RS256")
	exp := 30 * time.Minute
	for _, row := range []struct {
		name   string
		happen func(*remote)
		want   bool // still remembered
	}{
		{"at once", func(*remote) {}, true},
		{"before exp", func(r *remote) { r.advance(exp - time.Second) }, true},
		{"at exp, where leeway begins", func(r *remote) { r.advance(exp) }, false},
		{"before it was verified", func(r *remote) { r.advance(-time.Second) }, false},
		{"another key came", func(r *remote) {
			r.publish(t, first, second)
			r.advance(10 * time.Second)
			r.status(t, second)
		}, false},
		{"the same keys came", func(r *remote) {
			r.advance(10 * time.Second)
			r.status(t, second)
		}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := newRemote(t, cached(10), first)
			token := first.token(t, with(r.claims(), map[string]any{"exp": r.now().Add(exp).Unix()}))
			first := r.mustIdentify(t, token)
			row.happen(r)
			if got := r.mustIdentify(t, token) == first; got != row.want {
				t.Errorf("remembered %t, want %t", got, row.want)
			}
		})
	}
}

func TestCacheEndsWithItsKeys(t *testing.T) {
	first, second := rsaSigner(t, "k"), newSigner(t, "k", "RS256")
	r := newRemote(t, cached(10), first)
	token := first.token(t, with(r.claims(), map[string]any{"exp": r.now().Add(72 * time.Hour).Unix()}))
	r.mustIdentify(t, token)
	r.fail(500)
	r.advance(24*time.Hour - 1)
	r.mustIdentify(t, token)
	r.advance(10 * time.Second)
	if _, err := identify(r.Verifier, token); err == nil {
		t.Error("a token outlived the hard age of its key")
	}
	r.publish(t, second)
	r.advance(10 * time.Second)
	id, err := identify(r.Verifier, token)
	wantInvalid(t, token, id, err)
}

func TestCacheEndsWithMaxAge(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, func(c *jwtverify.Config) { c.CacheSize, c.MaxAge, c.Leeway = 10, time.Minute, -1 }, s)
	token := s.token(t, r.claims())
	r.mustIdentify(t, token)
	r.advance(time.Minute)
	id, err := identify(r.Verifier, token)
	wantInvalid(t, token, id, err)
}

func TestCacheIsBounded(t *testing.T) {
	s := newSigner(t, "k", "ES256")
	const size = 10
	r := newRemote(t, cached(size), s)
	var tokens []string
	var first []any
	for n := range 5*size + 2 {
		tokens = append(tokens, s.token(t, with(r.claims(), map[string]any{"jti": fmt.Sprint(n)})))
		first = append(first, r.mustIdentify(t, tokens[n]))
	}
	remembered := 0
	for n := len(tokens) - 1; n >= 0; n-- {
		if r.mustIdentify(t, tokens[n]) == first[n] {
			remembered++
		}
	}
	if remembered <= size/2 || remembered > size {
		t.Errorf("%d tokens remembered, want more than %d and at most %d", remembered, size/2, size)
	}
}

// Only tokens that passed are remembered, and each by all its bytes.
func TestCacheHoldsNoOtherToken(t *testing.T) {
	s := rsaSigner(t, "k")
	r := newRemote(t, cached(10), s)
	token := s.token(t, r.claims())
	r.mustIdentify(t, token)
	for _, other := range []string{token[:len(token)-1], token + "A", "A" + token[1:]} {
		for range 2 {
			id, err := identify(r.Verifier, other)
			wantInvalid(t, "", id, err)
		}
	}
}

// A handler may do with its Identity what it likes, at the token's first request
// and at each later one.
func TestCacheSeesNoHandlersChanges(t *testing.T) {
	s := rsaSigner(t, "k")
	for name, member := range map[string]any{"one": "api", "several": []string{"api", "other"}} {
		t.Run(name, func(t *testing.T) {
			r := newRemote(t, cached(10), s)
			token := s.token(t, with(r.claims(), map[string]any{"aud": member, "roles": []string{"reader", "writer"}}))
			first, err := identify(r.Verifier, token)
			if err != nil {
				t.Fatal(err)
			}
			want := deepCopy(t, first)
			vandalize(first)
			for range 3 {
				id, err := identify(r.Verifier, token)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, id, cmpopts.IgnoreUnexported(claims.Identity{})); diff != "" {
					t.Fatalf("-verified +seen:\n%s", diff)
				}
				if roles, _ := id.List("roles"); !slices.Equal(roles, []string{"reader", "writer"}) {
					t.Fatalf("roles %q", roles)
				}
				vandalize(id)
			}
		})
	}
}

// deepCopy copies the exported fields. It fails for a field of a kind that
// verified.caller would not copy either.
func deepCopy(t *testing.T, id *claims.Identity) *claims.Identity {
	t.Helper()
	fresh := *id
	for i := range reflect.TypeFor[claims.Identity]().NumField() {
		field := reflect.TypeFor[claims.Identity]().Field(i)
		value := reflect.ValueOf(&fresh).Elem().Field(i)
		switch {
		case !field.IsExported() || field.Type.Comparable() && field.Type.Kind() != reflect.Pointer:
		case field.Type.Kind() == reflect.Pointer && value.IsNil():
		case field.Type == reflect.TypeFor[[]string]():
			value.Set(reflect.ValueOf(slices.Clone(value.Interface().([]string))))
		default:
			t.Fatalf("Identity.%s is shared by all requests with the token", field.Name)
		}
	}
	return &fresh
}

// vandalize changes all that can be changed, within the lists' capacity too.
func vandalize(id *claims.Identity) {
	for _, list := range []*[]string{&id.Scopes, &id.Audience} {
		for i := range *list {
			(*list)[i] = "admin"
		}
		whole := (*list)[:cap(*list)]
		for i := range whole {
			whole[i] = "admin"
		}
		*list = append(*list, "admin")
	}
	if roles, _ := id.List("roles"); len(roles) > 0 {
		roles[0] = "admin"
	}
	if roles, _ := id.Claim("roles"); roles != nil {
		roles.([]any)[0] = "admin"
	}
	id.Subject, id.Issuer, id.ClientID, id.TokenUse = "root", "https://evil.example", "evil", "id"
	id.Expiry = id.Expiry.Add(time.Hour)
	id.IAM, id.Certificate = &claims.IAM{UserARN: "root"}, &claims.Certificate{SubjectDN: "root"}
	other, err := claims.NewIdentity(claims.Verified, map[string]any{"sub": "root", "roles": []string{"admin"}})
	if err == nil {
		*id = *other
	}
}

// The Identity and the array of its lists are the request's own.
func TestRememberedTokenAllocatesTwice(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	s := rsaSigner(t, "k")
	c := configOf(issuerOf(t, s))
	c.CacheSize = 1
	v, r := newVerifier(t, c), request("Bearer "+s.token(t, goodClaims()))
	got := testing.AllocsPerRun(100, func() {
		if _, err := v.Identify(r); err != nil {
			t.Fatal(err)
		}
	})
	if got > 2 {
		t.Errorf("%v allocations, want 2", got)
	}
}
