namespace Ansatz.Cli.Commands;

/// <summary>The files that <see cref="NewProgram"/> writes.</summary>
internal static class NewProgramTexts
{
    /// <summary>A whole example, small enough to be read at once: greedy packing of a knapsack.</summary>
    public static string Example(string name) => $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using Ansatz;
        using Ansatz.Programs;

        /// <summary>Which things to pack into a knapsack: the method that is left open, its scorer and its inputs.</summary>
        public static class {{name}}
        {
            /// <summary>Left open: a search writes other bodies. This one is the start, which they have to beat. Numbers, bools and arrays of those go in and out.</summary>
            [Open(Purpose = "Things are packed by descending priority, as long as they fit: their value, their weight, and what the whole knapsack carries. The more value is packed, the better.")]
            public static double Priority(double value, double weight, double capacity) => value;

            /// <summary>What anyone would try first: judged beside what is found.</summary>
            [Rule("value per weight")]
            public static double PerWeight(double value, double weight, double capacity) => value / weight;

            /// <summary>How good a program is on one input: higher is better, and always the same for the same program.</summary>
            [Score(Noun = "knapsacks")]
            public static double Score(Func<double, double, double, double> priority, Knapsack knapsack)
            {
                double packed = 0, left = knapsack.Capacity;
                foreach (Thing thing in knapsack.Things.OrderByDescending(t => priority(t.Value, t.Weight, knapsack.Capacity)))
                {
                    if (thing.Weight <= left)
                    {
                        packed += thing.Value;
                        left -= thing.Weight;
                    }
                }

                return packed;
            }

            /// <summary>On these a search scores.</summary>
            [Inputs(Split.Train)]
            public static IEnumerable<Knapsack> Train() => Knapsacks(seed: 1, count: 20);

            /// <summary>These choose the winner.</summary>
            [Inputs(Split.Validation)]
            public static IEnumerable<Knapsack> Validation() => Knapsacks(seed: 2, count: 40);

            /// <summary>These judge it, once: no search sees them.</summary>
            [Inputs(Split.Test)]
            public static IEnumerable<Knapsack> Test() => Knapsacks(seed: 3, count: 100);

            private static IEnumerable<Knapsack> Knapsacks(int seed, int count)
            {
                Random random = new(seed);
                return [.. Enumerable.Range(0, count).Select(_ => new Knapsack(100, [.. Enumerable.Range(0, 30).Select(_ => new Thing(random.Next(5, 60), random.Next(5, 60)))]))];
            }
        }

        /// <summary>An input: what lies there, and how much can be carried.</summary>
        public sealed record Knapsack(int Capacity, Thing[] Things);

        /// <summary>Something to pack.</summary>
        public sealed record Thing(int Value, int Weight);

        """;

    /// <summary>A project that finds the marks where this program is.</summary>
    /// <param name="folder">Where Ansatz.dll is.</param>
    public static string Project(string folder) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <!-- Where ansatz was when this was written. It is needed to build alone: a run takes the ansatz that runs. A package reference to Ansatz.Programs does as well. -->
            <AnsatzFolder>{System.Security.SecurityElement.Escape(folder)}</AnsatzFolder>
          </PropertyGroup>
        {References("$(AnsatzFolder)")}
        </Project>

        """;

    /// <summary>What a project needs, to find the marks where this program is.</summary>
    /// <param name="folder">Where Ansatz.dll is, with a separator at the end.</param>
    public static string References(string folder) => $"""
          <ItemGroup>
            <Reference Include="{System.Security.SecurityElement.Escape(folder)}Ansatz.dll" Private="false" />
            <Reference Include="{System.Security.SecurityElement.Escape(folder)}Ansatz.Programs.dll" Private="false" />
          </ItemGroup>
        """;

    /// <summary>The rest of a partial class: a scorer and inputs to fill in.</summary>
    /// <param name="shown">The file with the hole, as shown to the person.</param>
    /// <param name="usings">The using directives of that file, which its types may need.</param>
    /// <param name="space">Its namespace; empty: none.</param>
    /// <param name="types">The declarations of the class and of those around it, the outermost first.</param>
    /// <param name="hole">The method left open.</param>
    /// <param name="delegateType">Its type.</param>
    public static string Stub(string shown, IEnumerable<string> usings, string space, string[] types, string hole, string delegateType)
    {
        string[] own = ["using System;", "using System.Collections.Generic;", "using Ansatz;", "using Ansatz.Programs;"];
        string text = $$"""
            {{string.Join('\n', own.Concat(usings.Except(own)))}}
            {{(space.Length == 0 ? "" : $"\nnamespace {space};\n")}}

            """;
        string body = $$"""
            /// <summary>How programs are scored that a search writes for {{hole}}.</summary>
            {{types[^1]}}
            {
                /// <summary>How good a program is on one input: higher is better, and always the same for the same program. An input may be any type, a record of your own for instance.</summary>
                [Score(Noun = "inputs")]
                public static double Score({{delegateType}} program, double input) => throw new NotImplementedException("Write the scorer in {{shown[..^".cs".Length]}}.Score.cs.");

                /// <summary>On these a search scores.</summary>
                [Inputs(Split.Train)]
                public static IEnumerable<double> Train() => [1, 2, 3];

                /// <summary>These choose the winner.</summary>
                [Inputs(Split.Validation)]
                public static IEnumerable<double> Validation() => [4, 5, 6];

                /// <summary>These judge it, once: no search sees them. Without any, the verdict is over ten seeds.</summary>
                [Inputs(Split.Test)]
                public static IEnumerable<double> Test() => [7, 8, 9];
            }

            """;
        return text + types[..^1].Reverse().Aggregate(body, (inner, type) => $"{type}\n{{\n{string.Join('\n', inner.TrimEnd('\n').Split('\n').Select(l => l.Length == 0 ? l : $"    {l}"))}\n}}\n");
    }
}
