package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/examples/internal/bucket"
)

// TestTry: the requests that the first run prints are answered as it says.
func TestTry(t *testing.T) {
	server := httptest.NewServer(bucket.New(bucketName))
	defer server.Close()
	h, opts, err := setUp("localhost:8081", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	scopes := map[string]string{"camera": "files/read files/write", "viewer": "files/read"}
	mux := h.(*authz.Mux)
	for _, try := range opts.Try {
		r := authztest.FrontOf(mux).As(httptest.NewRequest(try.Method, try.Path, strings.NewReader(try.Body)), map[string]any{
			"sub": try.Client, "token_use": "access", "scope": scopes[try.Client],
		})
		w := httptest.NewRecorder()
		http.Handler(mux).ServeHTTP(w, r)
		if w.Code != try.Want {
			t.Errorf("%s %s as %s: status %d, want %d", try.Method, try.Path, try.Client, w.Code, try.Want)
		}
	}
}
