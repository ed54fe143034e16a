// Package form removes the temporary files of multipart forms that were parsed
// in copies of a request.
//
// net/http's server removes the files of its own request when the handler has
// returned. A handler behind a wrapper that handed on a copy parses its form in
// that copy, where the server does not see it.
package form

import "net/http"

// Remove removes the files of a form that was parsed in copied, which was made
// of r for a handler that has returned. A form that r has as well belongs to
// whoever serves r. There is nothing to do if copied is nil or r itself.
func Remove(copied, r *http.Request) {
	if copied == nil || copied == r || copied.MultipartForm == nil || copied.MultipartForm == r.MultipartForm {
		return
	}
	_ = copied.MultipartForm.RemoveAll() // what is left is in the environment's own directory
}
