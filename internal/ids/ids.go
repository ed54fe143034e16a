// Package ids keeps out of log lines what an event gives for an ID and is none.
package ids

import "strings"

// Known returns an ID that has the form of one, "" for anything else: whoever may
// invoke the function chooses what an event says.
func Known(id string) string {
	const longest = 40 // a UUID has 36
	if len(id) > longest || strings.ContainsFunc(id, outside) {
		return ""
	}
	return id
}

// outside reports whether no ID has a character. Those of AWS are UUIDs, base64
// and names such as $default.
func outside(c rune) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return false
	}
	return !strings.ContainsRune("!#$%&'*+-./=^_`|~", c)
}
