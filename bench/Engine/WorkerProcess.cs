using System.Diagnostics;
using System.Text.Json;

namespace Ansatz.Bench.Engine;

/// <summary>A <see cref="Worker"/> as its parent sees it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    public static async Task<(WorkerProcess Worker, WorkerHello Hello)> StartAsync(string kernels, string reviews)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, ["worker", kernels, reviews]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        WorkerProcess worker = new(Process.Start(start)!);
        return (worker, JsonSerializer.Deserialize(await worker.ReadAsync(), SpeedJson.Default.WorkerHello)!);
    }

    public async Task<Measurement> MeasureAsync(WorkerOrder order)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order, SpeedJson.Default.WorkerOrder));
        return JsonSerializer.Deserialize(await ReadAsync(), SpeedJson.Default.Measurement)!;
    }

    public void Dispose()
    {
        _process.StandardInput.Close(); // it ends with its input
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task<string> ReadAsync() => await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The worker ended early; its error stands above.");
}
