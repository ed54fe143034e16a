package console

import (
	"strings"
	"testing"
	"time"
)

// Secrets are as short as people choose them; only the name tells.
func TestRedactForms(t *testing.T) {
	const secret = "Zq81hello"
	for name, text := range map[string]string{
		"JSON in a string":        `{"body":"{\"access_token\":\"` + secret + `\"}"}`,
		"JSON in a string, cut":   `{"body":"{\"access_token\":\"` + secret,
		"JSON in a string, twice": `{"a":"{\"b\":\"{\\\"password\\\":\\\"` + secret + `\\\"}\"}"}`,
		"an object":               `{"token":{"value":"` + secret + `"},"id":1}`,
		"an array":                `{"password":["a","` + secret + `"]}`,
		"an array, cut":           `{"password":["a","` + secret,
		"in an object":            `{"user":{"token":{"v":"]` + secret + `"}}}`,
		"escapes":                 `{"note":"\u0070assword=` + secret + `"}`,
		"multipart":               "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n" + secret + "\r\n--b--",
		"multipart, cut":          "--b\nContent-Disposition: form-data; name=password\nContent-Type: text/plain\n\nfirst\n" + secret,
		"an element":              "<user><password>" + secret + "</password></user>",
		"an attribute":            `<user password="` + secret + `"/>`,
		"YAML":                    "user: ada\npassword: " + secret + "\n",
		"YAML in a list":          "- password: " + secret,
		"single quotes":           `{'password': '` + secret + `'}`,
		"a form":                  "a=1&user[password]=" + secret,
		"userinfo":                "see https://bob:" + secret + "@host/",
		"a header":                "GET / HTTP/1.1\r\nAuthorization: Bearer " + secret + "\r\n",
		"a parameter of a value":  "0; url=https://x/?token=" + secret,
		"a parameter of two":      "u=a=/x?b=/y?token=" + secret,
		"an encoded URL":          "next=https%3A%2F%2Fx%2F%3Ftoken%3D" + secret,
		"an encoded URL, twice":   "next=%253Ftoken%253D" + secret,
		"a parameter in quotes":   `Digest nonce="` + secret + `"`,
	} {
		got := redact(text)
		if strings.Contains(got, secret) {
			t.Errorf("%s: %s", name, got)
		}
		if again := redact(got); strings.Contains(again, secret) {
			t.Errorf("%s, again: %s", name, again)
		}
	}
	for _, query := range []string{"u=a=/x?token=" + secret, "next=%253Ftoken%253D" + secret, "pass=" + secret, "SAMLResponse=" + secret} {
		if got := redactQuery(query); strings.Contains(got, secret) {
			t.Errorf("?%s: %s", query, got)
		}
	}
	for _, name := range []string{"Ocp-Apim-Subscription-Key", "X-Functions-Key", "X-Access-Key", "X-Shopify-Hmac-Sha256", "X-Client-Cert", "X-Bearer", "Dpop", "X-Amzn-Oidc-Data", "Sec-Websocket-Protocol"} {
		if got := redactHeader(name, secret); strings.Contains(got, secret) {
			t.Errorf("%s: %s", name, got)
		}
	}
	for _, text := range []string{
		`{"title":"Groceries","items":["milk","bread"],"by":{"name":"ada"}}`, `{"a":"he said \"hello\""}`,
		"a=1&b=2=3&c=100%25", "<p>hello</p>", "title: Groceries", "https://example.com/notes?limit=2",
	} {
		if got := redact(text); got != text {
			t.Errorf("%s: %s", text, got)
		}
	}
}

// What clients send is bounded, and must not take long, however it is nested.
func TestRedactEnds(t *testing.T) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for _, unit := range []string{"a=", `"a":{`, `"a":"\\\"`, "<a>", "%25", `{"a":"{\"`, "'a':", "a:\n", "--\nname=a\n\n", "=", `\`, "://"} {
			redact(strings.Repeat(unit, bodyKept/len(unit)))
			redactQuery(strings.Repeat(unit, pathKept/len(unit)))
		}
	}()
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		t.Fatal("it takes too long")
	}
}
