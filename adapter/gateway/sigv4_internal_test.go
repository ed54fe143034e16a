package gateway

import (
	"net/http/httptest"
	"testing"
	"time"
)

// Requests and signatures that AWS has published: the examples of Signature Version
// 4's description in the IAM User Guide and of its test suite.
func TestPublishedSignatures(t *testing.T) {
	const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	at := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	for _, row := range []struct {
		name, service, url, contentType string
		headers                         []string
		want                            string
	}{
		{"ListUsers", "iam", "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08", "application/x-www-form-urlencoded; charset=utf-8",
			[]string{"content-type", "host", "x-amz-date"}, "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"},
		{"get-vanilla", "service", "https://example.amazonaws.com/", "", []string{"host", "x-amz-date"}, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
	} {
		r := httptest.NewRequest("GET", row.url, nil)
		r.Header.Set("X-Amz-Date", at.Format(sigTime))
		if row.contentType != "" {
			r.Header.Set("Content-Type", row.contentType)
		}
		sig := &signature{date: "20150830", region: "us-east-1", service: row.service, at: at, headers: row.headers}
		if got, ok := sig.sign(r, nil, secret); !ok || got != row.want {
			t.Errorf("%s: signature %s, %v; want %s", row.name, got, ok, row.want)
		}
	}
}
