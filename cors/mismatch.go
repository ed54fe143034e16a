package cors

import (
	"fmt"
	"slices"
	"strings"
)

// Mismatch lists the differences that a browser would notice between the app's
// Config and the CORS settings of the gateway in front of it. Each names the
// field, the value and the side that allows it. Mismatch returns nil if there
// are none. An entry is not a difference if browsers allow it anyway, or if an
// entry of the other side covers it. The configurations need not be valid, and
// their last three fields are not read.
//
// It is meant for a test that decodes the gateway's settings, so that local
// development, where the app answers, allows what production allows.
func Mismatch(app, gateway Config) []string {
	var m mismatch
	for _, l := range []struct {
		field        string
		app, gateway []string
		covers       func(list []string, entry string) bool
	}{
		{"AllowOrigins", app.AllowOrigins, gateway.AllowOrigins, coversOrigin},
		{"AllowMethods", app.AllowMethods, gateway.AllowMethods, coversMethod},
		{"AllowHeaders", sent(app.AllowHeaders), gateway.AllowHeaders, coversRequestHeader},
		{"ExposeHeaders", app.ExposeHeaders, gateway.ExposeHeaders, coversResponseHeader},
	} {
		m.only("app", l.field, l.app, l.gateway, l.covers)
		m.only("gateway", l.field, l.gateway, l.app, l.covers)
	}
	if app.AllowCredentials != gateway.AllowCredentials {
		m.add("AllowCredentials: %t in the app, %t in the gateway", app.AllowCredentials, gateway.AllowCredentials)
	}
	if remembered(app.MaxAge) != remembered(gateway.MaxAge) {
		m.add("MaxAge: %d in the app, %d in the gateway", app.MaxAge, gateway.MaxAge)
	}
	return m
}

type mismatch []string

func (m *mismatch) add(format string, args ...any) {
	*m = append(*m, fmt.Sprintf(format, args...))
}

// only adds the entries of one side's list that the other side's does not cover.
func (m *mismatch) only(side, field string, list, other []string, covers func([]string, string) bool) {
	for _, entry := range list {
		if !covers(other, entry) {
			m.add("%s: %q: allowed by the %s only", field, entry, side)
		}
	}
}

func coversOrigin(list []string, entry string) bool {
	scheme, _, _ := strings.Cut(entry, "://")
	for _, all := range []string{entry, scheme + "://*", "*"} {
		if slices.Contains(list, all) {
			return true
		}
	}
	var o origins
	for _, listed := range list {
		o.add(listed, Config{})
	}
	return o.match(entry)
}

func coversMethod(list []string, entry string) bool {
	return slices.Contains(safelistedMethods, entry) ||
		slices.Contains(list, entry) || slices.Contains(list, "*")
}

// sent adds to an app's list what New adds to it. A gateway's list is taken as it
// stands; whether API Gateway adds Authorization to a star is unconfirmed.
func sent(list []string) []string {
	if slices.Contains(list, "*") && !containsFold(list, authorization) {
		return append(slices.Clone(list), authorization)
	}
	return list
}

func coversRequestHeader(list []string, entry string) bool {
	return containsFold(list, entry) ||
		slices.Contains(list, "*") && !strings.EqualFold(entry, authorization)
}

func coversResponseHeader(list []string, entry string) bool {
	return containsFold(safelistedResponseHeaders, entry) ||
		containsFold(list, entry) || slices.Contains(list, "*")
}

func containsFold(list []string, entry string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, entry) })
}

// remembered returns for how many seconds a browser may reuse a preflight's answer
// (Fetch, "CORS-preflight fetch" step 7.9).
func remembered(maxAge int) int {
	switch maxAge {
	case 0:
		return 5
	case -1:
		return 0
	}
	return maxAge
}
