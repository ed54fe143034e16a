package authorizer

import (
	"strconv"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// cognitoDate is time.UnixDate with the zone as a literal: time.Parse would
// take any other abbreviation for an offset of zero.
const cognitoDate = "Mon Jan _2 15:04:05 UTC 2006"

// lastSecond is the end of the year 9999. Anything later is a date in another
// unit, such as milliseconds.
const lastSecond = 253402300799

// NumericDate reads seconds since the epoch (RFC 7519, section 2) written as a
// JSON number, so that no other spelling of a number passes; a fraction is
// allowed. ok is false for anything else and for dates before 1970 or after
// the year 9999.
func NumericDate(text string) (date time.Time, ok bool) {
	if seconds, ok := digits(text); ok {
		return time.Unix(seconds, 0).UTC(), seconds <= lastSecond
	}
	if !IsNumber(text) {
		return time.Time{}, false
	}
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC(), 0 <= seconds && seconds <= lastSecond
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || seconds < 0 || seconds > lastSecond {
		return time.Time{}, false
	}
	whole := int64(seconds)
	fraction := time.Duration((seconds - float64(whole)) * float64(time.Second))
	return time.Unix(whole, int64(fraction)).UTC(), true
}

// digits reads what nearly all dates are: up to 12 digits, the first not 0.
func digits(text string) (n int64, ok bool) {
	if len(text) == 0 || len(text) > 12 || text[0] == '0' {
		return 0, false
	}
	for i := range len(text) {
		c := text[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int64(c)
	}
	return n, true
}

// CognitoDate reads a date as RenderCognito writes it. ok is false for anything
// else, a zone other than UTC included.
func CognitoDate(text string) (date time.Time, ok bool) {
	date, err := time.Parse(cognitoDate, text)
	return date, err == nil && date.Unix() >= 0 // the zero time would be no date at all
}

// IsNumber reports whether text is a JSON number (RFC 8259, section 6) and
// nothing more: no blanks, no plus sign, no other base.
func IsNumber(text string) bool {
	s := scan.New([]byte(text))
	if s.Kind() != '0' {
		return false
	}
	start, end := s.Skip()
	return start == 0 && end == len(text) && s.Err() == nil
}
