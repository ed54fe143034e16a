// Command fiber is a program with Fiber, which is not an http.Handler: its handlers
// see no request context, on the library as little as anywhere else.
package main

import (
	"net/http"

	"github.com/gofiber/fiber/v2"
)

func routes() *fiber.App {
	app := fiber.New()
	app.Get("/notes/:id", func(c *fiber.Ctx) error {
		return c.JSON(map[string]string{"ID": c.Params("id")})
	})
	app.Post("/notes", func(c *fiber.Ctx) error {
		c.Set("Content-Type", c.Get("Content-Type"))
		return c.Status(http.StatusCreated).Send(c.Body())
	})
	return app
}
