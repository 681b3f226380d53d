// Does searching for prompts help, as a statement about the method and not about one prompt? Ten studies a task, each with train and
// validation items of its own; all arms and controls judged on items that no search saw. `docs/method.md` is written from the results.
//
//   dotnet run -c Release --project experiments/method              all tasks, ten seeds; stop it and start it again as you like
//   dotnet run -c Release --project experiments/method -- reviews-closed --seeds 2
//   dotnet run -c Release --project experiments/method -- --page    only writes the page again
using System.Collections.Immutable;
using Ansatz.Experiments.Method;
using Ansatz.Experiments.Tasks;

ImmutableArray<MethodTask> tasks = MethodTask.All(SeededExperiment.Data);
SeededExperiment experiment = new("method", [.. tasks.Select(t => new SeededTask(t.Task.Name, t.MeasureAsync))], BySeed: false);
return await experiment.RunAsync(args, () => MethodPage.Write(Path.Combine(SeededExperiment.Root, "docs", "method.md"), experiment, tasks));
