package console

import (
	"encoding/json"
	"strings"
	"testing"
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

// Forms within each other must not cost more than their length: redact runs for each
// request, on what clients send. Twice the text may take twice the allocations.
func TestRedactIsLinear(t *testing.T) {
	for _, unit := range []string{
		"a=", `"a":{`, `"a":"\\\"`, "<a>", "%25", `{"a":"{\"`, "'a':", "a:\n", "--\nname=a\n\n", "=", `\`, "://", "a=%41", "a=%3D", `"a":"b=%41\u0041",`,
	} {
		allocs := func(size int) float64 {
			text := strings.Repeat(unit, size/len(unit)) + "%41"
			return testing.AllocsPerRun(1, func() { redact(text); redactQuery(text) })
		}
		if one, two := allocs(bodyKept/2), allocs(bodyKept); two > 3*one+100 {
			t.Errorf("%q: %v allocations for %d bytes, %v for %d", unit, one, bodyKept/2, two, bodyKept)
		}
	}
}

// What is encoded more often than anybody looks, or not well, is not kept.
func TestRedactWhatCannotBeRead(t *testing.T) {
	deep := "Zq81hello"
	for range layersKept + 2 {
		b, err := json.Marshal(map[string]string{"a": deep})
		if err != nil {
			t.Fatal(err)
		}
		deep = string(b)
	}
	for _, text := range []string{deep, "a=%zzZq81hello"} {
		if got := redact(text); strings.Contains(got, "Zq81hello") {
			t.Errorf("%s: %s", text, got)
		}
	}
	if got := redactPath("/a%2Bb/" + strings.Repeat("Zq8%2B", 12)); strings.Contains(got, "Zq8") || !strings.Contains(got, "/a%2Bb/") {
		t.Errorf("a plus in base64: %s", got)
	}
}
