// A stranger's code, run in a locked process: it may compute whatever it likes, and reach nothing.
//
//   dotnet run samples/Sandbox.cs
//
// Linux x64; elsewhere it says that there is no lock, and runs nothing.
#:project ../src/Ansatz.Sandbox/Ansatz.Sandbox.csproj

using Ansatz.Sandbox;

if (ProgramSandbox.MissingHere is { } missing)
{
    Console.WriteLine(missing);
    return;
}

using ProgramSandbox sandbox = await ProgramSandbox.OpenAsync(new() { CpuTime = TimeSpan.FromSeconds(1), MemoryBytes = 128 << 20 });
Console.WriteLine($"The lock holds: {sandbox.Holds}.");
foreach (string body in (string[])
[
    "string.Join(' ', input.Split(' ').OrderBy(w => w.Length))",
    "string.Concat(Enumerable.Repeat(input, 100_000_000))",
    "int.Parse(input).ToString()",
    "System.IO.File.ReadAllText(input)",
])
{
    ProgramRun run = await sandbox.RunAsync($"class Program {{ static string Run(string input) => {body}; }}", ["the quick brown fox"]);
    Console.WriteLine($"{body}\n  {(run.Refusals.IsEmpty ? run.Answers[0].Text ?? run.Answers[0].Failure!.ToString() : $"refused, {run.Refusals[0]}")}");
}
