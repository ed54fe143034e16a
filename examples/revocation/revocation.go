// Package revocation refuses callers whose tokens are valid but no longer welcome:
// those of a client whose secret has leaked, of a user who was locked out, or all
// that were issued before a certain time.
//
// A signed token is valid until its exp, whatever happens in between. A List says
// which tokens are refused before. A Checker reads it from where operators keep it
// and is a requirement for authz.Guard.Every.
package revocation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// ReadScope is what reading the report requires.
const ReadScope = "reports/read"

// Handler returns the API: one operation for everybody and one for callers with a
// scope. Every caller is held against the checker's List.
func Handler(who authz.Identifier, revoked *Checker) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who, Every: revoked})
	mux.HandleFunc("GET /hello", authz.Public(), func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "hello\n")
	})
	mux.HandleFunc("GET /report", authz.Scope(ReadScope), func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "all is well\n")
	})
	return mux
}

// A List says whose tokens are refused.
type List struct {
	Revoked []Entry `json:"revoked"`
}

// An Entry means the tokens for which each of its fields that are set holds. At
// least one is set.
type Entry struct {
	Issuer  string `json:"issuer,omitempty"`  // iss
	Subject string `json:"subject,omitempty"` // sub, which means somebody only together with Issuer if there are several
	Client  string `json:"client,omitempty"`  // client_id, else azp
	// IssuedBefore spares the tokens issued at this time or later, such as those
	// of a rotated secret. A token that does not say when it was issued is not
	// spared.
	IssuedBefore time.Time `json:"issued_before,omitzero"`
}

// ParseList reads a List in JSON. It refuses what it does not know, and an Entry
// that would mean every token: a mistyped name must not lock everybody out, nor let
// anybody in. Nor may a name come twice in an object, of which encoding/json takes the last.
func ParseList(content []byte) (*List, error) {
	if err := onlyOnce(json.NewDecoder(bytes.NewReader(content))); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	list := new(List)
	if err := decoder.Decode(list); err != nil {
		return nil, fmt.Errorf("revocation: list: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("revocation: list: more follows the object")
	}
	if list.Revoked == nil {
		return nil, errors.New(`revocation: list: no member "revoked"; [] revokes nothing`)
	}
	for i, entry := range list.Revoked {
		if entry == (Entry{}) {
			return nil, fmt.Errorf("revocation: list: entry %d is empty", i+1)
		}
	}
	return list, nil
}

// onlyOnce returns an error if the next value has a name twice in one object.
func onlyOnce(decoder *json.Decoder) error {
	token, err := decoder.Token()
	if err != nil {
		return fmt.Errorf("revocation: list: %w", err)
	}
	open, _ := token.(json.Delim)
	if open != '{' && open != '[' {
		return nil
	}
	names := map[string]bool{}
	for decoder.More() {
		if open == '{' {
			token, err := decoder.Token()
			if err != nil {
				return fmt.Errorf("revocation: list: %w", err)
			}
			name := strings.ToLower(fmt.Sprint(token)) // encoding/json looks past the case
			if names[name] {
				return errors.New("revocation: list: a name is there twice")
			}
			names[name] = true
		}
		if err := onlyOnce(decoder); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return fmt.Errorf("revocation: list: %w", err)
	}
	return nil
}

func (l *List) has(id *claims.Identity) bool {
	for _, entry := range l.Revoked {
		if entry.means(id) {
			return true
		}
	}
	return false
}

func (e Entry) means(id *claims.Identity) bool {
	return (e.Issuer == "" || e.Issuer == id.Issuer) &&
		(e.Subject == "" || e.Subject == id.Subject) &&
		(e.Client == "" || e.Client == id.ClientID) &&
		(e.IssuedBefore.IsZero() || id.IssuedAt.Before(e.IssuedBefore))
}
