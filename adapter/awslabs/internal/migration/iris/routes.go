// Command iris is a program with Iris.
package main

import (
	"net/http"

	"github.com/kataras/iris/v12"

	"github.com/gatehouse-go/gatehouse/adapter/awslabs/internal/migration/notes"
)

func routes() *iris.Application {
	app := iris.New()
	app.Get("/notes/{id}", func(c iris.Context) {
		c.JSON(notes.Get(c.Request().Context(), c.Params().Get("id")))
	})
	app.Post("/notes", func(c iris.Context) {
		body, err := c.GetBody()
		if err != nil {
			c.StopWithError(http.StatusBadRequest, err)
			return
		}
		c.ContentType(c.GetHeader("Content-Type"))
		c.StatusCode(http.StatusCreated)
		c.Write(body)
	})
	return app
}
