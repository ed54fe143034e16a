package jwtverify_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
)

// verifierAt accepts tokens of s at this time of day only.
func verifierAt(tb testing.TB, s *signer, now time.Time, change func(*jwtverify.Config)) *jwtverify.Verifier {
	tb.Helper()
	c := configOf(issuerOf(tb, s))
	change(&c)
	v, err := jwtverify.NewAt(c, func() time.Time { return now })
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func TestLeeway(t *testing.T) {
	s := rsaSigner(t, "k")
	now := time.Unix(1_800_000_000, 0)
	const none = -1
	for _, row := range []struct {
		leeway time.Duration
		claim  string
		offset time.Duration // of the claim from now
		ok     bool
	}{
		{none, "exp", 1 * time.Second, true},
		{none, "exp", 0, false},
		{none, "nbf", 0, true},
		{none, "nbf", 1 * time.Second, false},
		{none, "iat", 0, true},
		{none, "iat", 1 * time.Second, false},
		{0, "exp", -59 * time.Second, true},
		{0, "exp", -60 * time.Second, false},
		{0, "nbf", 60 * time.Second, true},
		{0, "nbf", 61 * time.Second, false},
		{0, "iat", 60 * time.Second, true},
		{0, "iat", 61 * time.Second, false},
		{5 * time.Second, "exp", -4 * time.Second, true},
		{5 * time.Second, "exp", -5 * time.Second, false},
		{5 * time.Second, "nbf", 5 * time.Second, true},
		{5 * time.Second, "nbf", 6 * time.Second, false},
		{time.Minute, "exp", -59 * time.Second, true},
		{time.Minute, "exp", -60 * time.Second, false},
	} {
		t.Run(fmt.Sprintf("%v %s %v", row.leeway, row.claim, row.offset), func(t *testing.T) {
			v := verifierAt(t, s, now, func(c *jwtverify.Config) { c.Leeway = row.leeway })
			token := s.token(t, with(goodClaims(), map[string]any{
				"exp": now.Unix() + 3600, "iat": now.Unix() - 60, row.claim: now.Add(row.offset).Unix(),
			}))
			if id, err := identify(v, token); (id != nil) != row.ok {
				t.Errorf("accepted %t (%v), want %t", id != nil, err, row.ok)
			}
		})
	}
}

func TestNumericDates(t *testing.T) {
	s := rsaSigner(t, "k")
	v := verifierAt(t, s, time.Unix(1_800_000_000, 0), func(c *jwtverify.Config) { c.Leeway = -1 })
	for exp, ok := range map[string]bool{
		"1800000000.5":     true,
		"1800000000.0":     false,
		"1.8000000015e9":   true,
		"18000000010e-1":   true,
		"253402300799":     true,
		"253402300800":     false,
		"1800000001000":    false,
		"1e400":            false,
		"-1800000001":      false,
		`"1800000001"`:     false,
		`""`:               false,
		"true":             false,
		"[1800000001]":     false,
		`{"n":1800000001}`: false,
	} {
		token := s.token(t, with(goodClaims(), map[string]any{"iat": 1_800_000_000, "exp": json.RawMessage(exp)}))
		if id, err := identify(v, token); (id != nil) != ok {
			t.Errorf("exp %s: accepted %t (%v), want %t", exp, id != nil, err, ok)
		}
	}
}

func TestMaxAge(t *testing.T) {
	s := rsaSigner(t, "k")
	now := time.Unix(1_800_000_000, 0)
	v := verifierAt(t, s, now, func(c *jwtverify.Config) { c.Leeway, c.MaxAge = 5*time.Second, 10*time.Minute })
	for _, row := range []struct {
		name string
		iat  any
		ok   bool
	}{
		{"young", now.Unix(), true},
		{"at the end of the leeway", now.Add(-10*time.Minute - 4*time.Second).Unix(), true},
		{"behind it", now.Add(-10*time.Minute - 5*time.Second).Unix(), false},
		{"absent", nil, false},
		{"no date", "1800000000", false},
	} {
		token := s.token(t, with(goodClaims(), map[string]any{"exp": now.Unix() + 86400, "iat": row.iat}))
		if id, err := identify(v, token); (id != nil) != row.ok {
			t.Errorf("%s: accepted %t (%v), want %t", row.name, id != nil, err, row.ok)
		}
	}
}
