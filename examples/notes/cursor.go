package notes

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// A cursor is the ID of the last note of a page after a tag of the owner. It is
// not a secret: Store.List returns only the caller's own notes, wherever it
// begins. The tag makes another owner's cursor an error instead of a page that
// begins at a place without a meaning.

const tagSize = 16 // bytes

func tagOf(owner, id string) []byte {
	mac := hmac.New(sha256.New, []byte(owner))
	mac.Write([]byte(id))
	return mac.Sum(nil)[:tagSize]
}

func sealCursor(owner, id string) string {
	return base64.RawURLEncoding.EncodeToString(append(tagOf(owner, id), id...))
}

// openCursor returns the ID in a cursor that was made for the owner. It compares
// the text because Go's decoder skips line breaks, and a cursor has one form only.
func openCursor(owner, cursor string) (id string, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) <= tagSize {
		return "", false
	}
	id = string(b[tagSize:])
	return id, hmac.Equal([]byte(cursor), []byte(sealCursor(owner, id)))
}
