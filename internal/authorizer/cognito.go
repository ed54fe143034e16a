package authorizer

import (
	"encoding/json"
	"strings"
	"time"
)

// RenderCognito renders a token's claims as the Cognito user pool authorizer of
// a REST API does: all of them text, exp and iat as dates such as
// "Tue Jun 18 15:00:04 UTC 2024" while auth_time stays epoch seconds, arrays
// joined by commas. Numbers are expected as json.Number. A nil map gives an
// empty one.
//
// The comma form is from a user's report
// (github.com/awsdocs/amazon-api-gateway-developer-guide#158); whether a day
// below ten is padded by a blank or a zero is unconfirmed, and CognitoDate
// reads both.
func RenderCognito(claims map[string]any) map[string]string {
	return render(claims, func(name string, value any) string {
		if name == "exp" || name == "iat" {
			return cognitoDateText(value)
		}
		return cognitoText(value)
	})
}

func cognitoText(value any) string {
	if texts, ok := elements(value, cognitoText); ok {
		return strings.Join(texts, ",")
	}
	return scalar(value)
}

func cognitoDateText(value any) string {
	if number, ok := value.(json.Number); ok {
		if seconds, err := number.Int64(); err == nil {
			return time.Unix(seconds, 0).UTC().Format(cognitoDate)
		}
	}
	return cognitoText(value)
}

// CognitoList reads the list that a Cognito authorizer rendered as text. With a
// comma in it the text may be one string as well as several: it is ambiguous,
// and ok is false, unless noCommas says that the claim is a list of non-empty
// names without commas. Empty text is the empty list.
func CognitoList(text string, noCommas bool) (list []string, ok bool) {
	switch {
	case text == "":
		return nil, true
	case !strings.Contains(text, ","):
		return []string{text}, true
	case !noCommas:
		return nil, false
	}
	return names(text, ",")
}

// HasComma reports whether text has the form of a rendered array of several
// elements.
func HasComma(text string) bool { return strings.Contains(text, ",") }
