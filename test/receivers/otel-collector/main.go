// The OTLP receiver of the OpenTelemetry Collector, as it is: what it takes is written to standard output, a line of
// JSON each, by the Collector's own marshaler. Usage: otel-collector 127.0.0.1:4318
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.uber.org/zap"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func printed(_ context.Context, logs plog.Logs) error {
	line, err := (&plog.JSONMarshaler{}).MarshalLogs(logs)
	if err != nil {
		return err
	}
	_, err = fmt.Println(string(line))
	return err
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	factory := otlpreceiver.NewFactory()
	config := factory.CreateDefaultConfig()
	http := map[string]any{"protocols": map[string]any{"http": map[string]any{"endpoint": os.Args[1]}}}
	must(confmap.NewFromStringMap(http).Unmarshal(config))
	telemetry := componenttest.NewNopTelemetrySettings()
	telemetry.Logger = zap.Must(zap.NewProduction())
	settings := receiver.Settings{ID: component.NewID(factory.Type()), TelemetrySettings: telemetry}
	sink, err := consumer.NewLogs(printed)
	must(err)
	logs, err := factory.CreateLogs(ctx, settings, config, sink)
	must(err)
	must(logs.Start(ctx, componenttest.NewNopHost()))
	<-ctx.Done()
	must(logs.Shutdown(context.Background()))
}
