// Package stream sends answers while it makes them: events as they happen, rows as
// they are found, and a file that is larger than a buffered reply of Lambda's can
// be. lambda/main.go deploys it and local/main.go runs it on a laptop.
package stream

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Handler returns the program's routes. Nothing in it depends on Lambda.
func Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /events", events)
	mux.HandleFunc("GET /rows", rows)
	mux.HandleFunc("GET /download", download)
	mux.HandleFunc("GET /broken", broken)
	return mux
}

// rows sends squares as lines of JSON, count of them from the number from on. A
// client that lost the connection asks for those it lacks.
//
// https://github.com/ndjson/ndjson-spec
func rows(w http.ResponseWriter, r *http.Request) {
	from, ok := number(r, "from", 0, lines)
	count, ok2 := number(r, "count", lines, lines)
	if !ok || !ok2 {
		http.Error(w, fmt.Sprintf("from and count are numbers from 0 to %d", lines), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	response := http.NewResponseController(w)
	to := json.NewEncoder(w)
	for n := from; n < min(from+count, lines); n++ {
		if to.Encode(struct{ N, Square int }{n, n * n}) != nil {
			return // the client has gone
		}
		if n == from && response.Flush() != nil { // the first is not to wait for others
			return
		}
	}
}

// number reads a parameter of the query: otherwise if it is missing, and false if it
// is not a number from 0 to most.
func number(r *http.Request, name string, otherwise, most int) (n int, ok bool) {
	text := r.FormValue(name)
	if text == "" {
		return otherwise, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0 && n <= most
}

// download sends a table of squares. http.ServeContent answers Range and If-Range.
func download(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="squares.csv"`)
	w.Header().Set("ETag", `"squares-1"`)
	http.ServeContent(w, r, "", time.Time{}, io.NewSectionReader(squares{}, 0, lines*width))
}

const (
	lines = 1_000_000 // of the table
	width = 20        // bytes of a line: the table has 20 MB
)

// squares is the table: each line is made when it is read.
type squares struct{}

// ReadAt reads what the table has at off, as io.ReaderAt says.
func (squares) ReadAt(p []byte, off int64) (n int, err error) {
	var line []byte
	for n < len(p) {
		at := off + int64(n)
		if at >= lines*width {
			return n, io.EOF
		}
		i := at / width
		line = fmt.Appendf(line[:0], "%06d,%012d\n", i, i*i)
		n += copy(p[n:], line[at%width:])
	}
	return n, nil
}

// broken fails when it is too late for another status. The panic breaks the reply
// off; if broken returned instead, the client would take the half for the whole.
func broken(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprint(w, "the first half")
	http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
