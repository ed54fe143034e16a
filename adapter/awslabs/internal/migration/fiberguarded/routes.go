// Command fiberguarded is a program with Fiber whose operations get guarded.
package main

import "github.com/gofiber/fiber/v2"

func routes() *fiber.App {
	app := fiber.New()
	app.Get("/notes/:id", func(c *fiber.Ctx) error {
		return c.JSON(map[string]string{"ID": c.Params("id")})
	})
	return app
}
