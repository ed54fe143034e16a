package authorizer_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/internal/authorizer"
)

// a rendering is one gateway's way of writing a claim, and the way back.
var renderings = []struct {
	name      string
	separator string
	render    func(map[string]any) map[string]string
	list      func(text string, known bool) ([]string, bool)
}{
	{"HTTP API", " ", authorizer.RenderHTTPAPI, authorizer.HTTPAPIList},
	{"Cognito", ",", authorizer.RenderCognito, authorizer.CognitoList},
}

// Whatever a token's list holds, reading its rendering back gives elements of
// that list alone, or reports it as ambiguous; and where the elements are what
// the reader was told they are, it gives the very list.
func FuzzList(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[""]`, `["admin"]`, `["not admin"]`, `["x,admin"]`, `["a","b"]`, `["a b","c"]`, `["[a]"]`, `["]["]`,
		`["a","","b"]`, `["a\u00a0b\tc"]`, `"admin"`, `"[admin]"`, `"[a b]"`, `"x,admin"`, `""`, `" "`, `","`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, claim string) {
		var value any
		if json.Unmarshal([]byte(claim), &value) != nil {
			return
		}
		truth, ok := grants(value)
		if !ok {
			return
		}
		for _, r := range renderings {
			text := r.render(map[string]any{"list": value})["list"]
			if got, ok := r.list(text, false); ok && !subset(got, truth) {
				t.Errorf("%s: %q rendered as %q gives %q", r.name, truth, text, got)
			}
			_, isList := value.([]any)
			if !isList || !areNames(truth, r.separator) {
				continue
			}
			if got, ok := r.list(text, true); !ok || !slices.Equal(got, truth) {
				t.Errorf("%s: names %q rendered as %q give %q, %v", r.name, truth, text, got, ok)
			}
		}
	})
}

// grants returns what a claim truly holds: its elements, or the one string.
func grants(value any) ([]string, bool) {
	if one, ok := value.(string); ok {
		return []string{one}, true
	}
	array, ok := value.([]any)
	if !ok {
		return nil, false
	}
	texts := []string{}
	for _, element := range array {
		text, ok := element.(string)
		if !ok {
			return nil, false
		}
		texts = append(texts, text)
	}
	return texts, true
}

func subset(got, truth []string) bool {
	return !slices.ContainsFunc(got, func(s string) bool { return !slices.Contains(truth, s) })
}

func areNames(list []string, separator string) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return s == "" || strings.Contains(s, separator) })
}

// Every date that a gateway renders is read back as the same second.
func FuzzDate(f *testing.F) {
	f.Add(uint64(0))
	f.Add(uint64(1718722804))
	f.Add(uint64(253402300799))
	f.Fuzz(func(t *testing.T, seconds uint64) {
		seconds %= 253402300800
		number, _ := json.Marshal(seconds)
		claims := map[string]any{"exp": json.Number(number)}
		if got, ok := authorizer.NumericDate(authorizer.RenderHTTPAPI(claims)["exp"]); !ok || uint64(got.Unix()) != seconds {
			t.Errorf("HTTP API: %d is read back as %v, %v", seconds, got, ok)
		}
		if got, ok := authorizer.CognitoDate(authorizer.RenderCognito(claims)["exp"]); !ok || uint64(got.Unix()) != seconds {
			t.Errorf("Cognito: %d is read back as %v, %v", seconds, got, ok)
		}
	})
}

// Any text is a number to IsNumber exactly when encoding/json takes it for one
// as it stands.
func FuzzIsNumber(f *testing.F) {
	for _, seed := range []string{"0", "-0", "1e5", "1.", ".5", "01", " 1", "1 ", "+1", "Inf", "0x1", "1_0", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var number json.Number
		want := json.Unmarshal([]byte(text), &number) == nil && string(number) == text && text != ""
		if got := authorizer.IsNumber(text); got != want {
			t.Errorf("IsNumber(%q) = %v, want %v", text, got, want)
		}
	})
}
