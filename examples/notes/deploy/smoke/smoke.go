package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// smoke is one run against one deployment.
type smoke struct {
	api, tokens, client, secret string
	key                         string // of a usage plan; "": none

	note string // ID of the note that the run creates
}

// A step is one request and the status that it must be answered with. The token
// is that of the scopes named; "" sends none, and forged is not a token at all.
type step struct {
	method, path, scopes, body string
	want                       int
}

const (
	read   = "notes-api/read"
	write  = "notes-api/write"
	both   = read + " " + write
	forged = "forged"
	draft  = `{"title":"Smoke test","content":"Milk and bread"}`
)

// steps are in the order of the laptop run; NOTE is the note that was created.
var steps = []step{
	{"GET", "/hello", "", "", http.StatusOK},
	{"GET", "/profile", "", "", http.StatusUnauthorized},
	{"GET", "/profile", forged, "", http.StatusUnauthorized},
	{"GET", "/profile", read, "", http.StatusOK},
	{"POST", "/notes", read, draft, http.StatusForbidden},
	{"POST", "/notes", both, draft, http.StatusCreated},
	{"POST", "/notes", both, `{"title":`, http.StatusBadRequest},
	{"GET", "/notes?limit=2", read, "", http.StatusOK},
	{"GET", "/notes/NOTE", read, "", http.StatusOK},
	{"GET", "/notes/00000000-0000-7000-8000-ffffffffffff", read, "", http.StatusNotFound},
	{"GET", "/elsewhere", read, "", http.StatusNotFound},
	{"GET", "/elsewhere", "", "", http.StatusUnauthorized},
}

func (s *smoke) run(ctx context.Context, out io.Writer) error {
	tokens := map[string]string{"": "", forged: "e30.e30.e30"}
	for _, scopes := range []string{read, both} {
		token, err := s.token(ctx, scopes)
		if err != nil {
			return err
		}
		tokens[scopes] = token
	}
	var problems []error
	for _, step := range steps {
		got, err := s.ask(ctx, step, tokens[step.scopes])
		if err != nil {
			return err
		}
		who := map[string]string{"": "nobody", forged: "a forged token"}[step.scopes]
		if who == "" {
			who = "a machine with " + step.scopes
		}
		fmt.Fprintf(out, "%d  %-4s %s as %s\n", got, step.method, step.path, who)
		if got != step.want {
			problems = append(problems, fmt.Errorf("%s %s as %s: status %d, want %d", step.method, step.path, who, got, step.want))
		}
	}
	return errors.Join(problems...)
}

// token asks for one by client credentials (RFC 6749 section 4.4).
func (s *smoke) token(ctx context.Context, scopes string) (string, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {scopes}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.tokens, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(url.QueryEscape(s.client), url.QueryEscape(s.secret))
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
		Error       string `json:"error"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&answer); err != nil || answer.AccessToken == "" {
		return "", fmt.Errorf("the token endpoint gave no token for %q: status %d, error %q", scopes, response.StatusCode, answer.Error)
	}
	return answer.AccessToken, nil
}

// ask sends a step's request and remembers the note that it made.
func (s *smoke) ask(ctx context.Context, step step, token string) (int, error) {
	target := strings.TrimSuffix(s.api, "/") + strings.ReplaceAll(step.path, "NOTE", s.note)
	r, err := http.NewRequestWithContext(ctx, step.method, target, strings.NewReader(step.body))
	if err != nil {
		return 0, err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if s.key != "" {
		r.Header.Set("X-Api-Key", s.key)
	}
	if step.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var created struct {
		Note struct{ ID string }
	}
	_ = json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&created)
	if response.StatusCode == http.StatusCreated {
		s.note = created.Note.ID
	}
	return response.StatusCode, nil
}
