package cors_test

import (
	"net/http"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/cors"
)

// FuzzOrigins: whatever New accepts, an origin is allowed if and only if a
// listed one equals it, or a pattern's labels do.
func FuzzOrigins(f *testing.F) {
	for _, entries := range []string{
		page, "https://*.example.com", "https://*.example.com:8443", "http://localhost:*", "http://[::1]:*",
		"https://*", "http://*", page + " https://*.b.example.com http://127.0.0.1:*", "capacitor://localhost", "*",
	} {
		for _, origin := range []string{
			page, "https://example.com", "https://a.example.com:8443", "https://a.b.example.com", "http://localhost",
			"http://localhost:3000", "http://localhost:80", "http://[::1]:1", "https://evil.net/.example.com", "null", "",
			"https://a.example.com.", "https://-.example.com", "https://.example.com", "https://1.2.3.4", "https://1.2.3",
			"https://0x1", "https://[::ffff:1.2.3.4]", "https://[0::1]:5", "capacitor://localhost", "https://*.example.com",
			"https://" + strings.Repeat("a", 63) + ".example.com", "https://" + strings.Repeat("a", 64) + ".example.com",
		} {
			f.Add(entries, origin)
		}
	}
	f.Fuzz(func(t *testing.T, entries, origin string) {
		list := strings.Fields(entries)
		policy, err := cors.New(cors.Config{AllowOrigins: list})
		if err != nil {
			t.Skip()
		}
		h := make(http.Header)
		policy.Apply(h, &http.Request{Header: http.Header{"Origin": {origin}}})
		got, want := h.Get("Access-Control-Allow-Origin"), naiveGrant(list, origin)
		if got != want {
			t.Errorf("%q allows %q: Access-Control-Allow-Origin %q, want %q", list, origin, got, want)
		}
	})
}

// naiveGrant is the oracle: it takes everything apart and compares the parts.
func naiveGrant(list []string, origin string) string {
	for _, entry := range list {
		if entry == "*" {
			return "*"
		}
	}
	for _, entry := range list {
		if pattern := strings.Contains(entry, "*"); !pattern && entry == origin || pattern && naiveFits(entry, origin) {
			return origin
		}
	}
	return ""
}

func naiveFits(entry, origin string) bool {
	want, got := naiveParts(entry), naiveParts(origin)
	if want == nil || got == nil || !naiveValid(got) || want[0] != got[0] {
		return false
	}
	if want[1] == "*" { // https://*
		return true
	}
	if want[2] != "*" && want[2] != got[2] {
		return false
	}
	labels, others := strings.Split(want[1], "."), strings.Split(got[1], ".")
	if len(labels) != len(others) {
		return false
	}
	for i, label := range labels {
		if label != others[i] && label != "*" {
			return false
		}
	}
	return true
}

var naiveOrigin = regexp.MustCompile(`^([^:]*)://(\[[^\]]*\]|[^:]*)(?::(.*))?$`)

// naiveParts returns scheme, host and port, with the port that is not written.
func naiveParts(s string) []string {
	parts := naiveOrigin.FindStringSubmatch(s)
	if parts == nil {
		return nil
	}
	if port := map[string]string{"http": "80", "https": "443"}[parts[1]]; parts[3] == "" && !strings.HasSuffix(s, ":") {
		return []string{parts[1], parts[2], port, "not written"}
	} else if parts[3] == port {
		return nil // a browser would not have written it
	}
	return []string{parts[1], parts[2], parts[3], "written"}
}

var naiveLabels = regexp.MustCompile(`^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$`)

func naiveValid(parts []string) bool {
	if port, err := strconv.Atoi(parts[2]); parts[3] == "written" &&
		(err != nil || port < 1 || port > 65535 || strconv.Itoa(port) != parts[2]) {
		return false
	}
	host := parts[1]
	if strings.HasPrefix(host, "[") {
		ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
		return err == nil && "["+ip.String()+"]" == host && ip.Is6() && ip.Zone() == "" && !ip.Is4In6()
	}
	if regexp.MustCompile(`(^|\.)([0-9]+|0x[0-9a-f]*)$`).MatchString(host) {
		ip, err := netip.ParseAddr(host)
		return err == nil && ip.Is4()
	}
	return len(host) <= 253 && naiveLabels.MatchString(host)
}
