// Command fiberguarded is a program with Fiber whose operations get guarded.
package main

import "github.com/gofiber/fiber/v2"

func routes(config fiber.Config) *fiber.App {
	app := fiber.New(config)
	app.Get("/notes/export", func(c *fiber.Ctx) error {
		return c.SendString("everybody's notes")
	})
	app.Get("/notes/:id", func(c *fiber.Ctx) error {
		return c.JSON(map[string]string{"ID": c.Params("id")})
	})
	return app
}
