package notesecho

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// maxBody is the most a note may be in bytes, as the JSON it is sent in.
const maxBody = 64 << 10

type api struct {
	store notes.Store
	last  atomic.Int64 // time in the newest ID
}

// create reads the body itself: c.Bind would also take a note from a form, and
// fields of it from the path.
func (a *api) create(c echo.Context) error {
	title, content, err := readDraft(c.Request().Body)
	if err != nil {
		return err
	}
	caller := callerOf(c)
	note := notes.Note{ID: a.nextID(time.Now()), Title: cmp.Or(title, "Untitled"), Content: content, OwnerSub: caller.Subject}
	if err := a.store.Add(c.Request().Context(), caller.Key(), note); err != nil {
		return err
	}
	return answer(c, http.StatusCreated, echo.Map{
		"message": "Note created",
		"note":    note,
		"auth":    echo.Map{"username": caller.Username, "scopes": caller.Scopes},
	})
}

func readDraft(r io.Reader) (title, content string, err error) {
	body, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	switch {
	case err != nil:
		return "", "", echo.NewHTTPError(http.StatusBadRequest, "The body could not be read.")
	case len(body) > maxBody:
		return "", "", echo.NewHTTPError(http.StatusRequestEntityTooLarge, fmt.Sprintf("A note is at most %d bytes of JSON.", maxBody))
	}
	var draft *struct{ Title, Content string }
	// encoding/json would replace what is no UTF-8, and takes null for an object.
	if !utf8.Valid(body) || json.Unmarshal(body, &draft) != nil || draft == nil {
		return "", "", echo.NewHTTPError(http.StatusBadRequest, "The body is not the JSON of a note.")
	}
	return draft.Title, draft.Content, nil
}

// nextID returns an ID that is greater than those before, as notes.Note wants
// it, also where the clock stands still.
func (a *api) nextID(now time.Time) string {
	for {
		last := a.last.Load()
		next := max(now.UnixNano(), last+1)
		if a.last.CompareAndSwap(last, next) {
			return fmt.Sprintf("%016x-%s", next, rand.Text())
		}
	}
}
