// A prompt, optimised from C#: customer reviews sorted into praise and complaint by the language model that ships here.
//
//   dotnet run samples/Reviews.cs
//
// The same study as samples/reviews/study.json, smaller, so that it takes about a minute. Stopped anywhere, the same command goes on.
#:project ../src/Ansatz.LocalModels/Ansatz.LocalModels.csproj
#:project ../src/Ansatz.Prompts/Ansatz.Prompts.csproj
#:package LLamaSharp.Backend.Cpu

using System.Collections.Immutable;
using Ansatz;
using Ansatz.Language;
using Ansatz.LocalModels;
using Ansatz.Prompts;
using Microsoft.Extensions.AI;

string here = (string)AppContext.GetData("EntryPointFileDirectoryPath")!;
using EmbeddedModel model = EmbeddedModel.Load(); // any IChatClient stands in its place; client.Named("...") where it has no name of its own
Dataset reviews = Dataset.FromCsv(Path.Combine(here, "reviews", "reviews.csv"), input: "text", answer: "label");

PromptTemplate template = PromptTemplate.Parse("{instruction}{demonstrations}Review: {text}\nKind: {label}");
Prompt yours = new() { Instruction = "Decide whether each review is praise or a complaint." };
OpenSlots open = new()
{
    Instruction = new(),
    Demonstrations = new() { UpTo = 6 },
    Labels = new()
    {
        Wordings = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty
            .Add("praise", ["praise", "positive"])
            .Add("complaint", ["complaint", "negative"]),
    },
};
PromptPart part = new(template, reviews.Split(train: 24, validation: 40, test: 60, seed: 1), yours, open);
PromptObjective objective = new(part, new LabelScorer(), model, noun: "reviews");

// Controls are added unless told otherwise: yours, no instruction, draws that nobody chose, methods without a language model.
FewShotSearch search = new() { Candidates = 8, Finalists = 3, Simplify = new() { MaxTries = 4 } };
await using Study<Prompt> study = Study.Open("reviews.db", objective, search, Budget.Rollouts(2_000), seed: 1);
await foreach (StudyEvent happened in study.RunAsync())
{
    if (happened is BlockEvaluated block)
    {
        Console.WriteLine($"{block.Arm} {block.Trial}: {block.Mean:0.000} on {block.Items} {block.Split} items, {block.Description}");
    }
}

Verdict<Prompt> verdict = await study.JudgeAsync(); // touches the test split, once, and seals the search
Console.WriteLine();
Console.WriteLine(verdict);

using IChatClient better = objective.AsChatClient(verdict.Winner.Value);
ChatResponse answer = await better.GetResponseAsync("Broke after two days.");
Console.WriteLine($"\n Broke after two days. -> {answer.Text}");
