package notesecho

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// How many notes a page has; more of the largest would not fit into Lambda's
// reply of 6 MB.
const (
	usualPage = 10
	maxPage   = 25
)

func (a *api) get(c echo.Context) error {
	note, err := a.store.Get(c.Request().Context(), callerOf(c).Key(), c.Param("id"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, echo.Map{"note": note})
}

func (a *api) list(c echo.Context) error {
	owner := callerOf(c).Key()
	before, limit, err := readPage(c, owner)
	if err != nil {
		return err
	}
	page, err := a.store.List(c.Request().Context(), owner, before, limit+1) // one more tells whether there is a next page
	if err != nil {
		return err
	}
	found := echo.Map{"notes": append([]notes.Note{}, page[:min(limit, len(page))]...)} // in JSON a nil slice would be null
	if len(page) > limit {
		found["next"] = sealCursor(owner, page[limit-1].ID)
	}
	return answer(c, http.StatusOK, found)
}

// readPage reads ?limit= and ?cursor=; empty is absent.
func readPage(c echo.Context, owner string) (before string, limit int, err error) {
	limit = usualPage
	if text := c.QueryParam("limit"); text != "" {
		limit, err = strconv.Atoi(text)
		if err != nil || limit < 1 || limit > maxPage {
			return "", 0, echo.NewHTTPError(http.StatusBadRequest, fmt.Sprintf("limit is a number from 1 to %d.", maxPage))
		}
	}
	if cursor := c.QueryParam("cursor"); cursor != "" {
		var ok bool
		if before, ok = openCursor(owner, cursor); !ok {
			return "", 0, echo.NewHTTPError(http.StatusBadRequest, "This cursor is not one of yours.")
		}
	}
	return before, limit, nil
}

// A cursor is the ID of the last note of a page after a tag of its owner's. It
// needs no secret: the store shows nobody more than the caller's own notes,
// wherever a page begins.
func sealCursor(owner, id string) string {
	mac := hmac.New(sha256.New, []byte(owner))
	mac.Write([]byte(id))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16]) + "." + id
}

func openCursor(owner, cursor string) (id string, ok bool) {
	_, id, ok = strings.Cut(cursor, ".")
	return id, ok && hmac.Equal([]byte(cursor), []byte(sealCursor(owner, id)))
}
