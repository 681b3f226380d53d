using System.Collections.Concurrent;
using System.Diagnostics;

namespace Ansatz.Sandbox;

/// <summary>Starts child processes on one thread that lives as long as this process: the kernel ends a child with the thread that started it, and a thread of the pool may end at any time.</summary>
internal static class Starter
{
    private static readonly BlockingCollection<Action> Waiting = Begin();

    /// <summary>Starts a process.</summary>
    public static Task<Process> StartAsync(ProcessStartInfo start)
    {
        TaskCompletionSource<Process> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Waiting.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        return started.Task;
    }

    private static BlockingCollection<Action> Begin()
    {
        BlockingCollection<Action> waiting = [];
        Thread thread = new(() =>
        {
            foreach (Action start in waiting.GetConsumingEnumerable())
            {
                start();
            }
        });
        (thread.IsBackground, thread.Name) = (true, "Ansatz sandbox");
        thread.Start();
        return waiting;
    }
}
