package browser_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// A scene is what stands around the fronts.
type scene struct {
	pages  map[string]string // URLs
	tokens map[string]string
	issuer *local.Issuer

	vouched authz.Identifier // by the gateway's authorizer
	proved  authz.Identifier // by the token itself
}

// newScene has pages of one origin that the policies allow, once by address and
// once by name, and of two that they do not.
func newScene(t *testing.T) *scene {
	t.Helper()
	quiet(t)
	s := &scene{issuer: newIssuer(t, true)}
	app, stranger := open(t, http.HandlerFunc(page)), open(t, http.HandlerFunc(page))
	s.pages = map[string]string{
		"app":       app,
		"localhost": strings.Replace(app, "127.0.0.1", "localhost", 1),
		"stranger":  stranger,
		"sandboxed": app + "/sandboxed",
	}
	keyless := newIssuer(t, false)
	s.tokens = map[string]string{
		"reader":  token(t, s.issuer, map[string]any{"scope": notes.ReadScope}),
		"writer":  token(t, s.issuer, map[string]any{"scope": notes.ReadScope + " " + notes.WriteScope}),
		"expired": token(t, s.issuer, map[string]any{"exp": time.Now().Add(-time.Hour).Unix()}),
		"keyless": token(t, keyless, nil),
	}
	s.vouched = claims.MustNew(claims.Config{Issuers: []string{s.issuer.URL()}})
	s.proved = jwtverify.MustNew(jwtverify.Config{
		Issuers: []jwtverify.Issuer{jwtverify.OIDC(s.issuer.URL(), "app"), jwtverify.OIDC(keyless.URL(), "app")},
		Binding: jwtverify.BindingNone, // a Function URL has no JWT authorizer
	})
	return s
}

// quiet drops the log lines about what is made to fail here.
func quiet(t *testing.T) {
	usual := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	t.Cleanup(func() { slog.SetDefault(usual) })
}

func open(t *testing.T, h http.Handler) string {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// page serves the page itself; a sandboxed one has the origin null (HTML
// standard, "sandboxed origin browsing context flag").
func page(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/sandboxed" {
		w.Header().Set("Content-Security-Policy", "sandbox allow-scripts")
	}
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, "<!doctype html><title>a page</title>")
}

// newIssuer returns an issuer whose keys can be fetched, or cannot.
func newIssuer(t *testing.T, keys bool) *local.Issuer {
	t.Helper()
	mux := http.NewServeMux()
	issuer, err := local.NewIssuer(local.IssuerConfig{URL: open(t, mux), Clients: []local.Client{{ID: "app", Secret: "unused"}}})
	if err != nil {
		t.Fatal(err)
	}
	if keys {
		mux.Handle("/", issuer)
	}
	return issuer
}

func token(t *testing.T, issuer *local.Issuer, more map[string]any) string {
	t.Helper()
	all := map[string]any{"sub": "ada", "client_id": "app"}
	maps.Copy(all, more)
	text, err := issuer.Token(all)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// config is the policy of most fronts.
func (s *scene) config() cors.Config {
	return cors.Config{
		AllowOrigins:  []string{s.pages["app"], "http://localhost:*"},
		AllowHeaders:  []string{"Authorization", "Content-Type"},
		ExposeHeaders: []string{"WWW-Authenticate", "X-Amzn-Remapped-WWW-Authenticate", "Retry-After"},
		MaxAge:        600,
	}
}

// api is the notes API with a policy around it.
func api(who authz.Identifier, config cors.Config) http.Handler {
	return cors.MustNew(config).Wrap(notes.Handler(who, &faulty{}))
}

// faulty is a store in which some notes cannot be had.
type faulty struct{ notes.Memory }

func (f *faulty) Get(ctx context.Context, owner, id string) (notes.Note, error) {
	switch id {
	case "lost":
		return notes.Note{}, errors.New("the disk is gone")
	case "cursed":
		panic("never read this note")
	case "late":
		<-ctx.Done()
		return notes.Note{}, ctx.Err()
	}
	return f.Memory.Get(ctx, owner, id)
}
