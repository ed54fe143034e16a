package authorizer_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/authorizer"
	"github.com/google/go-cmp/cmp"
)

// decode decodes token claims as callers must: numbers keep their text.
func decode(t testing.TB, text string) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var claims map[string]any
	if err := d.Decode(&claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

const token = `{
	"sub": "f2a4", "exp": 1718722804, "iat": 1718636404, "auth_time": 1718636404,
	"email_verified": true, "cognito:groups": ["admin", "poweruser"], "one": ["x"], "none": [],
	"large": 9007199254740993, "nothing": null, "mixed": [1, true, "a,b", ["c", "d"]],
	"address": {"street": "<A & B>"}
}`

func TestRenderHTTPAPI(t *testing.T) {
	want := map[string]string{
		"sub": "f2a4", "exp": "1718722804", "iat": "1718636404", "auth_time": "1718636404",
		"email_verified": "true", "cognito:groups": "[admin poweruser]", "one": "[x]", "none": "[]",
		"large": "9007199254740993", "mixed": "[1 true a,b [c d]]", "address": `{"street":"<A & B>"}`,
	}
	if diff := cmp.Diff(want, authorizer.RenderHTTPAPI(decode(t, token))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRenderCognito(t *testing.T) {
	want := map[string]string{
		"sub": "f2a4", "exp": "Tue Jun 18 15:00:04 UTC 2024", "iat": "Mon Jun 17 15:00:04 UTC 2024", "auth_time": "1718636404",
		"email_verified": "true", "cognito:groups": "admin,poweruser", "one": "x", "none": "",
		"large": "9007199254740993", "mixed": "1,true,a,b,c,d", "address": `{"street":"<A & B>"}`,
	}
	if diff := cmp.Diff(want, authorizer.RenderCognito(decode(t, token))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRenderOfNothingIsEmpty(t *testing.T) {
	if got := authorizer.RenderHTTPAPI(nil); got == nil || len(got) != 0 {
		t.Errorf("got %v, want an empty map", got)
	}
}

func TestDatesThatAreNoNumbersRenderAsTheyAre(t *testing.T) {
	got := authorizer.RenderCognito(decode(t, `{"exp": 1.5, "iat": "soon"}`))
	if diff := cmp.Diff(map[string]string{"exp": "1.5", "iat": "soon"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestHTTPAPIList(t *testing.T) {
	for _, row := range []struct {
		text     string
		noBlanks bool
		want     []string
		ok       bool
	}{
		{"admin", false, []string{"admin"}, true},
		{"not admin", false, []string{"not admin"}, true},
		{"[admin]", false, nil, false},
		{"[]", false, nil, false},
		{"[a b]", true, []string{"a", "b"}, true},
		{"[x,admin]", true, []string{"x,admin"}, true},
		{"[a\u00a0admin\tb]", true, []string{"a\u00a0admin\tb"}, true},
		{"[]", true, nil, true},
		{"[a  b]", true, nil, false},
		{"[ admin]", true, nil, false},
		{"[admin", true, []string{"[admin"}, true},
		{"[", true, []string{"["}, true},
		{"[[a] b]", true, []string{"[a]", "b"}, true},
	} {
		got, ok := authorizer.HTTPAPIList(row.text, row.noBlanks)
		if ok != row.ok || !cmp.Equal(got, row.want) {
			t.Errorf("HTTPAPIList(%q, %v) = %q, %v, want %q, %v", row.text, row.noBlanks, got, ok, row.want, row.ok)
		}
	}
}

func TestCognitoList(t *testing.T) {
	for _, row := range []struct {
		text     string
		noCommas bool
		want     []string
		ok       bool
	}{
		{"", false, nil, true},
		{"admin", false, []string{"admin"}, true},
		{"[admin]", false, []string{"[admin]"}, true},
		{"x,admin", false, nil, false},
		{"x,admin", true, []string{"x", "admin"}, true},
		{"x,,admin", true, nil, false},
		{",", true, nil, false},
		{"x, admin", true, []string{"x", " admin"}, true},
	} {
		got, ok := authorizer.CognitoList(row.text, row.noCommas)
		if ok != row.ok || !cmp.Equal(got, row.want) {
			t.Errorf("CognitoList(%q, %v) = %q, %v, want %q, %v", row.text, row.noCommas, got, ok, row.want, row.ok)
		}
	}
}

func TestNumericDate(t *testing.T) {
	for text, want := range map[string]time.Time{
		"1718722804":      time.Date(2024, 6, 18, 15, 0, 4, 0, time.UTC),
		"1718722804.5":    time.Date(2024, 6, 18, 15, 0, 4, 5e8, time.UTC),
		"1.718722804e+09": time.Date(2024, 6, 18, 15, 0, 4, 0, time.UTC),
		"0":               time.Unix(0, 0).UTC(),
		"1":               time.Unix(1, 0).UTC(),
		"253402300799":    time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	} {
		if got, ok := authorizer.NumericDate(text); !ok || !got.Equal(want) {
			t.Errorf("NumericDate(%q) = %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "-1", "+1718722804", " 1718722804", "1718722804 ", "0x66719d74", "1_718_722_804", "01718722804", "1718722804s",
		"1718722804000", "253402300800", "999999999999", "00", "171872280４", "1718722804\x00", "17187228:4", "1718722/04", "1e300", "9223372036854775808", "Inf", "NaN", "null", "[1718722804]", "Tue Jun 18 15:00:04 UTC 2024",
	} {
		if got, ok := authorizer.NumericDate(text); ok {
			t.Errorf("NumericDate(%q) = %v, want none", text, got)
		}
	}
}

func TestCognitoDate(t *testing.T) {
	want := time.Date(2024, 6, 8, 15, 0, 4, 0, time.UTC)
	for _, text := range []string{"Sat Jun  8 15:00:04 UTC 2024", "Sat Jun 08 15:00:04 UTC 2024"} {
		if got, ok := authorizer.CognitoDate(text); !ok || !got.Equal(want) {
			t.Errorf("CognitoDate(%q) = %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "1718722804", "Sat Jun  8 15:00:04 PST 2024", "Sat Jun 31 15:00:04 UTC 2024",
		"Sat Jun  8 15:00:04 UTC 2024 ", "2024-06-08T15:00:04Z",
	} {
		if got, ok := authorizer.CognitoDate(text); ok {
			t.Errorf("CognitoDate(%q) = %v, want none", text, got)
		}
	}
}

func ExampleRenderHTTPAPI() {
	claims := map[string]any{"exp": json.Number("1718722804"), "cognito:groups": []any{"admin", "poweruser"}}
	text := authorizer.RenderHTTPAPI(claims)["cognito:groups"]
	fmt.Println(text)

	_, ok := authorizer.HTTPAPIList(text, false)
	fmt.Println("readable as it is:", ok)

	list, _ := authorizer.HTTPAPIList(text, true)
	fmt.Printf("known to hold no blanks: %q\n", list)
	// Output:
	// [admin poweruser]
	// readable as it is: false
	// known to hold no blanks: ["admin" "poweruser"]
}
