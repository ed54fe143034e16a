// Command echo is a program with Echo.
package main

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/adapter/awslabs/internal/migration/notes"
)

func routes() *echo.Echo {
	e := echo.New()
	e.GET("/notes/:id", func(c echo.Context) error {
		return c.JSON(http.StatusOK, notes.Get(c.Request().Context(), c.Param("id")))
	})
	e.POST("/notes", func(c echo.Context) error {
		return c.Stream(http.StatusCreated, c.Request().Header.Get("Content-Type"), c.Request().Body)
	})
	return e
}
