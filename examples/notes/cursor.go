package notes

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// A cursor is the ID of the last note of a page, with a tag of its owner's. It
// needs no secret: Store.List shows nobody more than the caller's own notes,
// wherever it begins. The tag makes the cursor of another an error, not a page
// from a place that means nothing to this caller.

const tagSize = 16 // bytes

func tagOf(owner, id string) []byte {
	mac := hmac.New(sha256.New, []byte(owner))
	mac.Write([]byte(id))
	return mac.Sum(nil)[:tagSize]
}

func sealCursor(owner, id string) string {
	return base64.RawURLEncoding.EncodeToString(append(tagOf(owner, id), id...))
}

// openCursor returns the ID in a cursor that was made for the owner. Comparing the
// text leaves one form only: Go's decoder passes over line breaks.
func openCursor(owner, cursor string) (id string, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) <= tagSize {
		return "", false
	}
	id = string(b[tagSize:])
	return id, hmac.Equal([]byte(cursor), []byte(sealCursor(owner, id)))
}
