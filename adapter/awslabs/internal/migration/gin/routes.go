// Command gin is a program with Gin.
package main

import (
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/adapter/awslabs/internal/migration/notes"
)

func routes() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.GET("/notes/:id", func(c *gin.Context) {
		c.JSON(http.StatusOK, notes.Get(c.Request.Context(), c.Param("id")))
	})
	router.POST("/notes", func(c *gin.Context) {
		c.DataFromReader(http.StatusCreated, c.Request.ContentLength, c.ContentType(), c.Request.Body, nil)
	})
	// Stream asks the ResponseWriter for http.CloseNotifier.
	router.GET("/stream", func(c *gin.Context) {
		left := 3
		c.Stream(func(w io.Writer) bool {
			io.WriteString(w, "tick ")
			left--
			return left > 0
		})
	})
	return router
}
