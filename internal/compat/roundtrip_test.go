package compat

import (
	"io"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/internal/roundtrip"
)

func TestRoundTripEcho(t *testing.T) { roundtrip.Run(t, echoApp) }

func echoApp() *roundtrip.App {
	e := echo.New()
	e.Logger.SetOutput(io.Discard)
	a := &roundtrip.App{Name: "Echo", Router: e}
	serve := func(c echo.Context) error {
		params := map[string]string{}
		for _, name := range c.ParamNames() {
			params[name] = c.Param(name)
		}
		a.Serve(c.Response(), c.Request(), c.Path(), params)
		return nil
	}
	e.Any("/users/:id", serve)
	e.Any("/files/*", serve)
	e.POST("/posts", serve)
	e.Any("/", serve)
	e.Any("/*", serve)
	return a
}
