package runtimeapi

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
)

// response takes the function's answer to an invocation, as its caller wants
// it: the function does not know whether that is whole or streamed.
func (p *Process) response(w http.ResponseWriter, r *http.Request, c *call) {
	if mode := r.Header.Get(headerResponseMode); mode != "" && mode != "streaming" {
		c.reply <- reply{err: fmt.Errorf("runtimeapi: function set an unknown %s", headerResponseMode)}
		refuse(w, http.StatusBadRequest, "InvalidFunctionResponseMode", "Invalid function response mode")
		return
	}
	if c.streamed {
		c.passOn(w, r)
	} else {
		c.collect(w, r)
	}
}

// collect reads a response that is delivered whole.
func (c *call) collect(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxResponse+1))
	switch {
	case err != nil:
		c.reply <- reply{err: cutShort(err)}
	case len(body) > MaxResponse:
		c.reply <- reply{err: responseTooLarge()}
		// The runtime's client sees the status only after it has sent it all.
		io.Copy(io.Discard, r.Body)
		refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge",
			fmt.Sprintf("Exceeded maximum allowed payload size (%d bytes).", MaxResponse))
	case c.open.Err() != nil:
		refuseLate(w)
	default:
		c.reply <- reply{contentType: r.Header.Get("Content-Type"), buffered: body, trailer: trailerError(r)}
		accept(w)
	}
}

// passOn hands the caller the bytes as they come. A caller that leaves is not
// told to the function; the rest of its response goes nowhere.
func (c *call) passOn(w http.ResponseWriter, r *http.Request) {
	reader, writer := io.Pipe()
	defer context.AfterFunc(c.open, func() { writer.CloseWithError(context.Cause(c.open)) })()
	defer context.AfterFunc(c.caller, func() { writer.CloseWithError(c.caller.Err()) })()

	c.reply <- reply{contentType: r.Header.Get("Content-Type"), stream: reader}
	_, err := io.Copy(writer, r.Body)
	if err != nil {
		io.Copy(io.Discard, r.Body)
	}
	if trailer := trailerError(r); err == nil && trailer != nil {
		err = trailer
	}
	writer.CloseWithError(err)
	if c.open.Err() != nil {
		refuseLate(w)
		return
	}
	accept(w)
}

// trailerError is the error a function reports after it began to answer. The
// trailers are there once the body was read to its end.
func trailerError(r *http.Request) *FunctionError {
	errorType := r.Trailer.Get(headerErrorType)
	encoded := r.Trailer.Get(headerErrorBody)
	if errorType == "" && encoded == "" {
		return nil
	}
	document, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		document = []byte(encoded)
	}
	return parseFunctionError(errorType, document)
}
