// Which optimizer of prompts is worth its rollouts, and does any of them beat its own proposals without its mechanism? Four tasks, ten studies a task, every
// optimizer and its search control with the same limit in each. `docs/optimizers-measured.md` is written from the results.
//
//   dotnet run -c Release --project experiments/prompts              all tasks, ten seeds, half an hour to an hour a study; stop it and start it again as you like
//   dotnet run -c Release --project experiments/prompts -- sms --seeds 2
//   dotnet run -c Release --project experiments/prompts -- --page    only writes the page again
using System.Collections.Immutable;
using Ansatz.Experiments.Prompts;
using Ansatz.Experiments.Tasks;

ImmutableArray<PromptTask> tasks = PromptTask.All(SeededExperiment.Data);
SeededExperiment experiment = new("prompts", [.. tasks.Select(t => new SeededTask(t.Task.Name, t.MeasureAsync))], BySeed: true);
return await experiment.RunAsync(args, () => PromptsPage.Write(Path.Combine(SeededExperiment.Root, "docs", "optimizers-measured.md"), experiment, tasks));
