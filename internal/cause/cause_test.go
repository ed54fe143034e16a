package cause_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/internal/cause"
)

func TestOf(t *testing.T) {
	secret := errors.New("token eyJhbGciOi")
	needs, list := cause.Text("authz: needs group admin"), cause.Text("claims: text of a list is ambiguous")
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"nothing", nil, ""},
		{"a text", needs, "needs group admin"},
		{"a text that is wrapped", fmt.Errorf("claim %q: %w", "secret", list), "text of a list is ambiguous"},
		{"two texts", fmt.Errorf("%w: %w", needs, list), "needs group admin; text of a list is ambiguous"},
		{"the same text twice", errors.Join(needs, needs), "needs group admin"},
		{"somebody else's", secret, "*errors.errorString"},
		{"somebody else's, wrapped", fmt.Errorf("secret: %w", &fs.PathError{Op: "open", Path: "/secret", Err: secret}), "*errors.errorString"},
		{"somebody else's, which wraps nothing", &fs.PathError{Op: "open", Path: "/secret"}, "*fs.PathError"},
		{"a named one", &cause.Named{Name: "owner", Err: secret}, "owner: *errors.errorString"},
		{"a named one with a text in it", &cause.Named{Name: "owner", Err: fmt.Errorf("%w: %w", list, secret)}, "text of a list is ambiguous; owner: *errors.errorString"},
		{"an own one", fmt.Errorf("secret: %w", &cause.Own{Err: errors.New("claims: an issuer that is not accepted")}), "an issuer that is not accepted"},
		{"several", errors.Join(needs, &cause.Named{Name: "owner", Err: secret}), "needs group admin; owner: *errors.errorString"},
	}
	for _, test := range tests {
		if got := cause.Of(test.err); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if test.err != nil && strings.Contains(cause.Of(test.err), "secret") {
			t.Errorf("%s: %q", test.name, cause.Of(test.err))
		}
	}
	var long []error
	for i := range 200 {
		long = append(long, cause.Text(fmt.Sprint("needs scope ", i)))
	}
	if n := len(cause.Of(errors.Join(long...))); n > 410 {
		t.Errorf("%d bytes of one cause", n)
	}
}

func TestNamedReadsAsTheErrorDoes(t *testing.T) {
	err := fs.ErrNotExist
	named := &cause.Named{Name: "owner", Err: err}
	if named.Error() != err.Error() || !errors.Is(named, err) {
		t.Errorf("%v", named)
	}
}

func TestShortened(t *testing.T) {
	for _, test := range []struct {
		text string
		most int
		want string
	}{
		{"notes", 5, "notes"},
		{"notes", 4, "note…"},
		{"Käse", 2, "K…"}, // not half of ä
		{"Käse", 3, "Kä…"},
		{"木", 1, "…"},
		{"\x80\x80", 1, "…"},
		{"", 0, ""},
	} {
		if got := cause.Shortened(test.text, test.most); got != test.want {
			t.Errorf("%q, %d: %q, want %q", test.text, test.most, got, test.want)
		}
	}
}
