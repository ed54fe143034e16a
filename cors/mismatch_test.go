package cors_test

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/google/go-cmp/cmp"
)

func TestMismatch(t *testing.T) {
	for _, test := range []struct {
		name         string
		app, gateway cors.Config
		want         []string
	}{
		{"the same", policies["cookies"], policies["cookies"], nil},
		{"the same for everybody", cors.Config{AllowHeaders: []string{"*", "authorization"}},
			cors.Config{AllowHeaders: []string{"Authorization", "*"}}, nil},
		{"order and case of names", cors.Config{AllowHeaders: []string{"A", "B"}, ExposeHeaders: []string{"C", "D"}},
			cors.Config{AllowHeaders: []string{"b", "a"}, ExposeHeaders: []string{"d", "c"}}, nil},
		{"what browsers allow anyway", cors.Config{}, cors.Config{AllowMethods: []string{"GET", "POST"},
			ExposeHeaders: []string{"content-type"}}, nil},
		{"unsaid and said seconds", cors.Config{}, cors.Config{MaxAge: 5}, nil},
		{"owners", cors.Config{Owner: cors.OwnerApp}, cors.Config{Owner: cors.OwnerGateway}, nil},

		{"origins", cors.Config{AllowOrigins: []string{page, "http://localhost:*"}},
			cors.Config{AllowOrigins: []string{page, evil}}, []string{
				`AllowOrigins: "http://localhost:*": allowed by the app only`,
				`AllowOrigins: "https://evil.example.net": allowed by the gateway only`}},
		{"a pattern covers", cors.Config{AllowOrigins: []string{"https://*.example.com"}},
			cors.Config{AllowOrigins: []string{page}}, []string{
				`AllowOrigins: "https://*.example.com": allowed by the app only`}},
		{"a scheme covers", cors.Config{AllowOrigins: []string{page, "https://*.example.com", "https://localhost:*", "http://a.example"}},
			cors.Config{AllowOrigins: []string{"https://*"}}, []string{
				`AllowOrigins: "http://a.example": allowed by the app only`,
				`AllowOrigins: "https://*": allowed by the gateway only`}},
		{"a star covers", cors.Config{AllowOrigins: []string{"https://*", page, "null"}},
			cors.Config{AllowOrigins: []string{"*"}}, []string{
				`AllowOrigins: "*": allowed by the gateway only`}},
		{"an invalid origin covers itself", cors.Config{AllowOrigins: []string{"https://a/", "https://*.*"}},
			cors.Config{AllowOrigins: []string{"https://a/"}}, []string{
				`AllowOrigins: "https://*.*": allowed by the app only`}},
		{"methods", cors.Config{AllowMethods: []string{"PUT"}}, cors.Config{AllowMethods: []string{"*"}}, []string{
			`AllowMethods: "*": allowed by the gateway only`}},
		{"methods have case", cors.Config{AllowMethods: []string{"PUT"}}, cors.Config{AllowMethods: []string{"put"}}, []string{
			`AllowMethods: "PUT": allowed by the app only`, `AllowMethods: "put": allowed by the gateway only`}},
		{"a gateway's star does not cover Authorization", cors.Config{AllowHeaders: []string{"*"}},
			cors.Config{AllowHeaders: []string{"*"}}, []string{
				`AllowHeaders: "Authorization": allowed by the app only`}},
		{"an app's star covers Authorization", cors.Config{AllowHeaders: []string{"*"}},
			cors.Config{AllowHeaders: []string{"authorization"}}, []string{
				`AllowHeaders: "*": allowed by the app only`}},
		{"exposed", cors.Config{ExposeHeaders: []string{"ETag"}}, cors.Config{ExposeHeaders: []string{"X-A"}}, []string{
			`ExposeHeaders: "ETag": allowed by the app only`, `ExposeHeaders: "X-A": allowed by the gateway only`}},
		{"credentials and seconds", cors.Config{AllowCredentials: true, MaxAge: -1}, cors.Config{MaxAge: 600}, []string{
			`AllowCredentials: true in the app, false in the gateway`, `MaxAge: -1 in the app, 600 in the gateway`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, cors.Mismatch(test.app, test.gateway)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
