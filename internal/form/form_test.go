package form_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/internal/form"
)

func upload() *http.Request {
	r := httptest.NewRequest("POST", "/", strings.NewReader("--b\r\n"+
		"Content-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n"+
		strings.Repeat("x", 1<<10)+"\r\n--b--\r\n"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	return r
}

func TestRemove(t *testing.T) {
	parse := func(t *testing.T, r *http.Request) {
		if err := r.ParseMultipartForm(0); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name string
		make func(*testing.T) (copied, r *http.Request)
		left int
	}{
		{"parsed in the copy", func(t *testing.T) (copied, r *http.Request) {
			r = upload()
			copied = r.WithContext(r.Context())
			parse(t, copied)
			return copied, r
		}, 0},
		{"parsed before the copy was made", func(t *testing.T) (copied, r *http.Request) {
			r = upload()
			parse(t, r)
			return r.WithContext(r.Context()), r
		}, 1},
		{"parsed in the request itself", func(t *testing.T) (copied, r *http.Request) {
			r = upload()
			parse(t, r)
			return r, r
		}, 1},
		{"never parsed", func(*testing.T) (copied, r *http.Request) {
			r = upload()
			return r.WithContext(r.Context()), r
		}, 0},
		{"no copy", func(*testing.T) (copied, r *http.Request) { return nil, upload() }, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("TMPDIR", dir)
			form.Remove(test.make(t))
			files, err := os.ReadDir(dir)
			if err != nil || len(files) != test.left {
				t.Errorf("%d files left (%v), want %d", len(files), err, test.left)
			}
		})
	}
}
